/**
 * A small virtual DOM. `h` describes an element, `render` updates the children of a node with few
 * changes to the document. There is no HTML parsing: text always stays text.
 */

/** @typedef {VNode | string | number | null | undefined | false | Child[]} Child */
/**
 * A described element. Text nodes have the tag `''`.
 * @typedef {object} VNode
 * @property {string} tag
 * @property {Props} props
 * @property {Child[]} children
 * @property {string} [text]
 * @property {Node} [node]
 */
/**
 * Attributes by name, and special properties: `key` identifies a child among its siblings, `on`
 * event listeners, `set` DOM properties, `style` CSS custom properties, `ref` is called with the
 * new element, `memo` skips the update if its values are identical to the previous ones.
 * @typedef {Record<string, any> & {
 *   key?: string | number, on?: Record<string, any>, set?: Record<string, any>,
 *   style?: Record<string, string>, ref?: (node: any) => void, memo?: readonly unknown[]}} Props
 */

const SVG = 'http://www.w3.org/2000/svg';
const SVG_TAGS = new Set(['svg', 'path', 'circle', 'g', 'rect']);
const SPECIAL_PROPS = new Set(['key', 'on', 'set', 'style', 'ref', 'memo']);
const SAFE_URL = /^(https?:|mailto:|geo:|blob:|[#/])/i;

/** The rendered children of each node, by path. @type {WeakMap<Node, Map<string, VNode>>} */
const renderedNodes = new WeakMap();
/** Event listeners of each element, by event type. @type {WeakMap<Element, Record<string, any>>} */
const listenersByElement = new WeakMap();

/**
 * Describe an element.
 * @param {string} tag
 * @param {Props | null} [props]
 * @param {...Child} children
 * @returns {VNode}
 */
export const h = (tag, props, ...children) => ({ tag, props: props ?? {}, children });

/**
 * Update the children of a node to match a description.
 * @param {Element} parent
 * @param {...Child} children
 */
export function render(parent, ...children) {
  /** @type {Map<string, VNode>} */
  const next = new Map();
  flatten(children, '', next);
  const before = renderedNodes.get(parent) ?? new Map();
  for (const [path, vnode] of next) {
    const old = before.get(path);
    if (old && old.tag === vnode.tag) updateNode(vnode, old);
    else createNode(vnode);
  }
  for (const [path, old] of before) if (next.get(path)?.node !== old.node) old.node.remove();
  reorder(parent, next.values());
  renderedNodes.set(parent, next);
}

/**
 * Collect all children with a path that identifies them from one rendering to the next.
 * @param {Child[]} children
 * @param {string} prefix
 * @param {Map<string, VNode>} into
 */
function flatten(children, prefix, into) {
  for (const [index, child] of children.entries()) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) flatten(child, `${prefix}${index}/`, into);
    else {
      const vnode =
        typeof child === 'object'
          ? child
          : { tag: '', props: {}, children: [], text: String(child) };
      into.set(
        vnode.props.key === undefined ? prefix + index : `${prefix}:${vnode.props.key}`,
        vnode,
      );
    }
  }
}

/** @param {Element} parent @param {Iterable<VNode>} vnodes */
function reorder(parent, vnodes) {
  let cursor = parent.firstChild;
  for (const { node } of vnodes) {
    if (node === cursor) cursor = cursor?.nextSibling ?? null;
    else insertNode(parent, /** @type {Node} */ (node), cursor);
  }
}

/**
 * Insert or move a node. `moveBefore` keeps focus and scroll position, where the browser has it.
 * @param {any} parent
 * @param {Node} node
 * @param {Node | null} before
 */
function insertNode(parent, node, before) {
  if (node.parentNode === parent && parent.isConnected && parent.moveBefore)
    parent.moveBefore(node, before);
  else parent.insertBefore(node, before);
}

/** @param {VNode} vnode */
function createNode(vnode) {
  if (!vnode.tag) {
    vnode.node = document.createTextNode(vnode.text ?? '');
    return;
  }
  const element = SVG_TAGS.has(vnode.tag)
    ? document.createElementNS(SVG, vnode.tag)
    : document.createElement(vnode.tag);
  vnode.node = element;
  applyProps(element, vnode.props, {});
  renderChildren(element, vnode);
  vnode.props.ref?.(element);
}

/** @param {VNode} vnode @param {VNode} old */
function updateNode(vnode, old) {
  const node = /** @type {any} */ (old.node);
  vnode.node = node;
  if (!vnode.tag) {
    if (vnode.text !== old.text) node.data = vnode.text;
    return;
  }
  const { memo } = vnode.props;
  if (memo && shallowEqual(memo, old.props.memo)) return;
  applyProps(node, vnode.props, old.props);
  renderChildren(node, vnode);
}

/**
 * Render the children of an element, except custom elements, which render themselves.
 * @param {Element} element
 * @param {VNode} vnode
 */
function renderChildren(element, vnode) {
  if (!vnode.tag.includes('-')) render(element, ...vnode.children);
}

/**
 * Whether two lists contain identical values.
 * @param {readonly unknown[]} one
 * @param {readonly unknown[] | undefined} other
 */
export const shallowEqual = (one, other) =>
  one.length === other?.length && one.every((value, index) => Object.is(value, other[index]));

/** @param {any} element @param {Props} props @param {Props} before */
function applyProps(element, props, before) {
  for (const name of Object.keys(before)) {
    if (!SPECIAL_PROPS.has(name) && !(name in props)) element.removeAttribute(name);
  }
  for (const [name, value] of Object.entries(props)) {
    if (!SPECIAL_PROPS.has(name) && value !== before[name]) applyAttribute(element, name, value);
  }
  for (const [name, value] of Object.entries(props.style ?? {})) {
    if (value !== before.style?.[name]) element.style.setProperty(name, value);
  }
  if (props.on || before.on) applyListeners(element, props.on ?? {});
  // The user may have changed a property since the last rendering.
  for (const [name, value] of Object.entries(props.set ?? {})) {
    if (!Object.is(element[name], value)) element[name] = value;
  }
}

/** @param {Element} element @param {string} name @param {any} value */
function applyAttribute(element, name, value) {
  if (/^on|^style$|^srcdoc$/i.test(name))
    throw new TypeError(`${name} is not an attribute of a view`);
  if ((name === 'href' || name === 'src') && value && !SAFE_URL.test(value)) value = null;
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : String(value));
}

/** @param {Element} element @param {Record<string, any>} listeners */
function applyListeners(element, listeners) {
  const known = listenersByElement.get(element) ?? {};
  listenersByElement.set(element, listeners);
  for (const type of Object.keys(listeners))
    if (!(type in known)) element.addEventListener(type, callListener);
  for (const type of Object.keys(known))
    if (!(type in listeners)) element.removeEventListener(type, callListener);
}

/** @param {Event} event */
function callListener(event) {
  const element = /** @type {Element} */ (event.currentTarget);
  listenersByElement.get(element)?.[event.type]?.call(element, event);
}
