// Mixin: the element is drawn anew each second, for what counts up or down.

const elements = new Set();
let timer;

export const ticking = (Base) => class extends Base {
  connectedCallback() {
    super.connectedCallback();
    elements.add(this);
    timer ??= setInterval(() => elements.forEach((element) => element.requestUpdate()), 1000);
  }

  disconnectedCallback() {
    elements.delete(this);
    super.disconnectedCallback();
  }
};

export const now = () => Date.now() / 1000;
