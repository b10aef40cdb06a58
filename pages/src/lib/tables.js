// The texts. `en` and `zh` have the same keys (a test compares them). Keys of one view begin with its name; words of
// the switch begin with their kind: `state.ready`, `cause.no_answer`.

import * as caller from "./tables/caller.js";
import * as common from "./tables/common.js";
import * as desktop from "./tables/desktop.js";
import * as handset from "./tables/handset.js";
import * as quality from "./tables/quality.js";
import * as wallboard from "./tables/wallboard.js";

const files = [caller, common, desktop, handset, wallboard, quality];

export const tables = {
  en: Object.assign({}, ...files.map((file) => file.en)),
  zh: Object.assign({}, ...files.map((file) => file.zh)),
};
