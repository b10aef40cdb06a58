// The test caller of the demonstration.

export const en = {
  "caller.title": "Test caller",
  "caller.what": "Calls from this page, as a guest, and says a sentence again and again. Press 1 for the queue.",
  "caller.call": "Call {number}",
  "caller.calling": "Calling …",
  "caller.talking": "On the line",
  "caller.hang_up": "Hang up",
  "caller.keys": "Keys of the test caller",
};

export const zh = {
  "caller.title": "测试来电",
  "caller.what": "以访客身份从本页呼入，并反复播放一句话。按 1 进入队列。",
  "caller.call": "拨打 {number}",
  "caller.calling": "正在呼叫……",
  "caller.talking": "已接通",
  "caller.hang_up": "挂断",
  "caller.keys": "测试来电的按键",
};
