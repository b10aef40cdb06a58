// The SIP of the browser's phone, by JsSIP: over a websocket of the switch (docs/phones.md). Whoever wants to play a phone
// without a browser hands another one to Phone.

import JsSIP from "jssip";

JsSIP.debug.disable();

/** A user agent that registers when it is told to, and connects anew by itself. `pass`: what POST /api/v1/phone gave. */
export function agent({ origin, pass, instance }) {
  return new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(`${origin.replace(/^http/, "ws")}/sip`)],
    uri: pass.uri, authorization_user: pass.login, password: pass.password, instance_id: instance,
    register: false, register_expires: 300, session_timers: false, user_agent: "Shoal page (JsSIP)",
    connection_recovery_min_interval: 1, connection_recovery_max_interval: 5,
  });
}
