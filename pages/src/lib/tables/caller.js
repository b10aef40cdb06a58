// The test caller of the demonstration.

export const en = {
  "caller.title": "Test caller",
  "caller.what": "Calls from this page, as a guest would, and says a sentence again and again.",
  "caller.next_phone": "First let this browser be your phone: the box under “My phone”.",
  "caller.next_work": "Now start work: the queue rings only those who are ready.",
  "caller.next_call": "You are ready. Call, and press 1 in the menu.",
  "caller.next_key": "Press 1 for the queue; your phone rings then.",
  "caller.call": "Call {number}",
  "caller.calling": "Calling …",
  "caller.talking": "On the line",
  "caller.hang_up": "Hang up",
  "caller.keys": "Keys of the test caller",
};

export const zh = {
  "caller.title": "测试来电",
  "caller.what": "以访客身份从本页呼入，并反复播放一句话。",
  "caller.next_phone": "请先在“我的话机”中勾选，用本浏览器接听电话。",
  "caller.next_work": "现在请签入：队列只呼叫空闲的坐席。",
  "caller.next_call": "您已就绪。拨打后在语音导航中按 1。",
  "caller.next_key": "按 1 进入队列，随后您的话机振铃。",
  "caller.call": "拨打 {number}",
  "caller.calling": "正在呼叫……",
  "caller.talking": "已接通",
  "caller.hang_up": "挂断",
  "caller.keys": "测试来电的按键",
};
