/** 关于消息操作的中文文字。 */

export const ZH_MESSAGES = {
  'composer.editing': '编辑消息',
  'composer.no-edit': '停止编辑',
  'composer.no-reply': '取消回复',
  'composer.replying': '回复{name}',

  'message.edit': '编辑',
  'message.reply': '回复',
  'message.was-recalled': '该消息已撤回',

  'quote.gone': '该消息已不存在',
  'quote.label': '回复{name}：{text}',
};
