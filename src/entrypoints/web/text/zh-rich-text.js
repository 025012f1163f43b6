/** 中文：消息中的代码和隐藏内容。 */

export const ZH_RICH_TEXT = {
  'code.copy': '复制代码',
  'code.name': '代码',

  'spoiler.show': '显示隐藏内容',
};
