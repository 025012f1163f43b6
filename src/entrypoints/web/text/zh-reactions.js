/** Chinese texts about reactions and pinned messages. */

export const ZH_REACTIONS = {
  'dialog.more': '显示更多',

  'keys.buttons': '进入消息的按钮',

  'pins.announced': '{name} 置顶了：{text}',
  'pins.announced-off': '{name} 取消了置顶：{text}',
  'pins.count': '第 {number} 条，共 {count} 条',
  'pins.jump': '第 {number} 条置顶消息，共 {count} 条：{text}',
  'pins.label': '置顶消息',
  'pins.list': '全部置顶消息',
  'pins.none': '没有置顶消息。',
  'pins.own': '已为所有人置顶这条消息。',
  'pins.own-off': '这条消息已取消置顶。',
  'pins.pin': '置顶',
  'pins.pinned': '已置顶',
  'pins.pinned-by': '由 {name} 置顶',
  'pins.title': '置顶消息',
  'pins.too-many': '一个会话最多有 100 条置顶消息。',
  'pins.unpin': '取消置顶',

  'reactions.all': '全部',
  'reactions.announced': '{name} 用 {emoji} 回应了你的消息',
  'reactions.chip': '{emoji} {count}：{names}',
  'reactions.filter': '表情',
  'reactions.label': '表情回应',
  'reactions.more': '其他表情',
  'reactions.none': '还没有人回应。',
  'reactions.others': '另外 {count} 人',
  'reactions.own': '你回应了 {emoji}',
  'reactions.own-back': '你撤回了 {emoji}',
  'reactions.react': '回应',
  'reactions.title': '表情回应',
  'reactions.too-many': '一条消息最多有 20 种不同的表情。',
  'reactions.who': '谁回应了',
  'reactions.with': '用 {emoji} 回应',
};
