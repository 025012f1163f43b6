/** 中文：消息中的代码和隐藏内容，以及输入框的格式工具栏。 */

export const ZH_RICH_TEXT = {
  'code.copy': '复制代码',
  'code.name': '代码',

  'format.bold': '粗体',
  'format.code': '代码',
  'format.italic': '斜体',
  'format.link': '链接',
  'format.list': '列表',
  'format.quote': '引用',
  'format.strike': '删除线',
  'format.toolbar': '文字格式',
  'format.toolbar-key': '为所选文字设置格式',

  'spoiler.show': '显示隐藏内容',
};
