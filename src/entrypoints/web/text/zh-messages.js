/** 关于消息操作的中文文字。 */

export const ZH_MESSAGES = {
  'bundle.count': { other: '{count} 条消息' },
  'bundle.title': '转发的消息',

  'clear.action': '清空聊天记录',
  'clear.sure': '仅为您删除此会话的全部消息，其他人仍会保留。此操作无法撤销。',
  'clear.title': '清空聊天记录？',

  'composer.editing': '编辑消息',
  'composer.no-edit': '停止编辑',
  'composer.no-reply': '取消回复',
  'composer.replying': '回复{name}',

  'edit.conflict': '您编辑期间，该消息已在别处修改。现在的内容是：',
  'edit.drop': '放弃我的编辑',
  'edit.failed': '编辑未保存。',
  'edit.keep-mine': '用我的文字替换',
  'edit.keep-theirs': '保留现在的内容',

  'edited.announcement': '{name}编辑了一条消息：{text}',
  'edited.at': '编辑于 {time}',
  'edited.history': '之前的内容',
  'edited.mark': '已编辑',

  'forward.chosen': '转发给',
  'forward.comment': '添加留言',
  'forward.done': { other: '已转发到 {count} 个会话。' },
  'forward.failed': '未能转发给{name}。',
  'forward.merged': '合并转发',
  'forward.mode': '转发方式',
  'forward.none': '未找到会话。',
  'forward.search': '搜索会话',
  'forward.single': '逐条转发',
  'forward.title': { other: '转发 {count} 条消息' },
  'forward.too-many': '一次最多转发到 {count} 个会话。',
  'forward.waiting': { other: '连接恢复后将转发到 {count} 个会话。' },
  'forwarded.from': '转发自{name}',

  'hide.done': { other: '已为您删除 {count} 条消息。' },
  'hide.failed': '消息未删除。',
  'hide.sure': { other: '这 {count} 条消息将从您的所有设备上消失，其他人仍会保留。' },
  'hide.title': { other: '仅为您删除 {count} 条消息？' },

  'keys.edit-last': '编辑最后一条消息（输入框为空时）',

  'message.edit': '编辑',
  'message.forward': '转发',
  'message.hide': '仅为我删除',
  'message.recall': '撤回',
  'message.reply': '回复',
  'message.select': '选择',
  'message.unsupported': '此页面无法显示该消息的更多内容。',
  'message.was-recalled': '该消息已撤回',

  'quote.gone': '该消息已不存在',
  'quote.label': '回复',

  'recall.failed': '消息未撤回。',
  'recall.sure': { other: '这 {count} 条消息将对会话中的所有人消失。{seconds} 秒内可以撤销。' },
  'recall.title': { other: '撤回 {count} 条消息？' },
  'recall.waiting': { other: '{count} 条消息将在 {seconds} 秒后撤回。' },

  'recalled.admin': '{name}撤回了{author}的一条消息',
  'recalled.sender': '{name}撤回了一条消息',
  'recalled.undo': '撤销',
  'recalled.waiting': '正在撤回…',
  'recalled.you': '您撤回了一条消息',

  'selection.copy': '复制',
  'selection.count': { other: '已选 {count} 条' },
  'selection.end': '结束选择',
  'selection.full': '最多可选择 {count} 条消息。',
  'selection.selected': '已选',
};
