// The SIP of the browser's phone, by JsSIP: over a websocket of the switch (docs/phones.md). Whoever wants to play a phone
// without a browser hands another one to Phone.

import JsSIP from "jssip";

JsSIP.debug.disable();

/** A user agent that registers when it is told to, and connects anew by itself. `pass`: what POST /api/v1/phone gave.
 * `anew`: give up a connection on which nothing is heard any more, without waiting for its end, and make another. */
export function agent({ origin, pass, instance }) {
  const socket = new JsSIP.WebSocketInterface(`${origin.replace(/^http/, "ws")}/sip`);
  const made = new JsSIP.UA({
    sockets: [socket],
    uri: pass.uri, authorization_user: pass.login, password: pass.password, instance_id: instance,
    register: false, register_expires: 300, session_timers: false, user_agent: "Shoal page (JsSIP)",
    connection_recovery_min_interval: 1, connection_recovery_max_interval: 5,
  });
  made.anew = () => {
    socket.disconnect();
    socket.ondisconnect(true, 1006, "nothing is heard");
  };
  return made;
}
