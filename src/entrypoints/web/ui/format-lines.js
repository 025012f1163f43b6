/**
 * Makes lines of a text quotes, lists or blocks of code, and takes that away again. Pure functions;
 * indices count UTF-16 units.
 */

/**
 * A change of a text: what stands from one index to another is replaced, and then a part of the new
 * text is selected.
 * @typedef {{from: number, to: number, insert: string, start: number, end: number}} Edit
 */
/** A part of a text. @typedef {{start: number, end: number}} Part */

const FENCE = '```';

/** The lines that a selection touches. @param {string} text @param {Part} selected @returns {Part[]} */
export function linesOf(text, { start, end }) {
  const lines = [];
  for (let at = text.lastIndexOf('\n', start - 1) + 1; at <= end; ) {
    const lineEnd = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at);
    // The end of a selection at the beginning of a line does not touch that line.
    if (at < end || !lines.length) lines.push({ start: at, end: lineEnd });
    at = lineEnd + 1;
  }
  return lines;
}

/** @param {string} sign @param {string} text @param {Part} selected */
export const linesHave = (sign, text, selected) =>
  linesOf(text, selected).every(({ start, end }) => start === end || text.startsWith(sign, start));

/** @param {string} sign @param {string} text @param {Part} selected @returns {Edit} */
export function toggleLines(sign, text, selected) {
  const lines = linesOf(text, selected);
  const from = lines[0].start;
  const to = lines[lines.length - 1].end;
  const isOn = from < to && linesHave(sign, text, selected);
  const changed = lines.map(({ start, end }) => {
    const line = text.slice(start, end);
    if (isOn) return line.startsWith(sign) ? line.slice(sign.length) : line;
    if (line.startsWith(sign) || (!line && lines.length > 1))
      return line || sign.trim().replace('-', '');
    return sign + line;
  });
  const insert = changed.join('\n');
  const isEmpty = selected.start === selected.end;
  const cursor = from + insert.length - Math.max(0, to - selected.end);
  return {
    from,
    to,
    insert,
    start: isEmpty ? cursor : from,
    end: isEmpty ? cursor : from + insert.length,
  };
}

/** Whether words of several lines are selected. @param {string} text @param {Part} selected */
export const isOfLines = (text, { start, end }) => text.slice(start, end).trim().includes('\n');

/**
 * The fences around selected lines: before and after them, or selected with them.
 * @param {string} text
 * @param {Part} selected
 * @returns {{start: number, end: number, code: string} | null}
 */
export function fenceAround(text, { start, end }) {
  const code = text.slice(start, end);
  const opening = /(?:^|\n)(```[^\n`]*\n)$/.exec(text.slice(0, start))?.[1];
  const closing = /^\n```(?=\n|$)/.exec(text.slice(end))?.[0];
  if (opening && closing)
    return { start: start - opening.length, end: end + closing.length, code };
  const inner = /^```[^\n`]*\n([\s\S]*)\n```\n?$/.exec(code)?.[1];
  return inner === undefined ? null : { start, end, code: inner };
}

/** @param {string} text @param {Part} selected @returns {Edit} */
export function toggleFence(text, selected) {
  const found = fenceAround(text, selected);
  if (found) {
    const { start, end, code } = found;
    return { from: start, to: end, insert: code, start, end: start + code.length };
  }
  const code = text.slice(selected.start, selected.end).replace(/^\n+|\n+$/g, '');
  const before = text.slice(0, selected.start);
  const opening = `${before && !before.endsWith('\n') ? '\n' : ''}${FENCE}\n`;
  const after = text.slice(selected.end);
  const closing = `\n${FENCE}${after && !after.startsWith('\n') ? '\n' : ''}`;
  const start = selected.start + opening.length;
  return {
    from: selected.start,
    to: selected.end,
    insert: opening + code + closing,
    start,
    end: start + code.length,
  };
}
