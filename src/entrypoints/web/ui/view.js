/**
 * Views: what a part of the page should look like, written as a tree, and painted with the least
 * change of the document.
 *
 * `h` describes an element, `paint` makes the children of a node look like a description. There is
 * no markup anywhere: text stays text, whatever somebody wrote in it.
 */

/** @typedef {Knot | string | number | null | undefined | false | Child[]} Child */
/**
 * A described element. Text has the tag `''`.
 * @typedef {object} Knot
 * @property {string} tag
 * @property {Props} props
 * @property {Child[]} children
 * @property {string} [text]
 * @property {string} [place] its key among its siblings
 * @property {Node} [node]
 */
/**
 * Attributes by name, and these: `key` among siblings, `on` listeners by event, `set` properties,
 * `style` custom properties, `ref` called with the new element, `skip`: compared by identity of
 * its values, equal ones leave the element alone.
 * @typedef {Record<string, any> & {
 *   key?: string | number, on?: Record<string, any>, set?: Record<string, any>,
 *   style?: Record<string, string>, ref?: (node: any) => void, skip?: readonly unknown[]}} Props
 */

const SVG = 'http://www.w3.org/2000/svg';
const SVG_TAGS = new Set(['svg', 'path', 'circle', 'g', 'rect']);
const OWN = new Set(['key', 'on', 'set', 'style', 'ref', 'skip']);
const SAFE_LINK = /^(https?:|mailto:|blob:|[#/])/i;

/** What stands below a node. @type {WeakMap<Node, Map<string, Knot>>} */
const standing = new WeakMap();
/** Listeners of an element, by event. @type {WeakMap<Element, Record<string, any>>} */
const listening = new WeakMap();

/**
 * Describe an element.
 * @param {string} tag
 * @param {Props | null} [props]
 * @param {...Child} children
 * @returns {Knot}
 */
export const h = (tag, props, ...children) => ({ tag, props: props ?? {}, children });

/**
 * Make the children of a node look like this.
 * @param {Element} parent
 * @param {...Child} children
 */
export function paint(parent, ...children) {
  /** @type {Map<string, Knot>} */
  const next = new Map();
  spread(children, '', next);
  const before = standing.get(parent) ?? new Map();
  for (const [place, knot] of next) {
    const old = before.get(place);
    if (old && old.tag === knot.tag) update(knot, old);
    else create(knot);
  }
  for (const [place, old] of before) if (next.get(place)?.node !== old.node) old.node.remove();
  arrange(parent, next.values());
  standing.set(parent, next);
}

/**
 * Give every child a place that stays the same from one description to the next.
 * @param {Child[]} children
 * @param {string} prefix
 * @param {Map<string, Knot>} into
 */
function spread(children, prefix, into) {
  for (const [index, child] of children.entries()) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) spread(child, `${prefix}${index}/`, into);
    else {
      const knot =
        typeof child === 'object'
          ? child
          : { tag: '', props: {}, children: [], text: String(child) };
      into.set(
        knot.props.key === undefined ? prefix + index : `${prefix}:${knot.props.key}`,
        knot,
      );
    }
  }
}

/** @param {Element} parent @param {Iterable<Knot>} knots */
function arrange(parent, knots) {
  let cursor = parent.firstChild;
  for (const { node } of knots) {
    if (node === cursor) cursor = cursor?.nextSibling ?? null;
    else place(parent, /** @type {Node} */ (node), cursor);
  }
}

/**
 * A node that moves keeps its focus and scroll where the browser can move it in one step.
 * @param {any} parent
 * @param {Node} node
 * @param {Node | null} before
 */
function place(parent, node, before) {
  if (node.parentNode === parent && parent.isConnected && parent.moveBefore)
    parent.moveBefore(node, before);
  else parent.insertBefore(node, before);
}

/** @param {Knot} knot */
function create(knot) {
  if (!knot.tag) {
    knot.node = document.createTextNode(knot.text ?? '');
    return;
  }
  const element = SVG_TAGS.has(knot.tag)
    ? document.createElementNS(SVG, knot.tag)
    : document.createElement(knot.tag);
  knot.node = element;
  dress(element, knot.props, {});
  fill(element, knot);
  knot.props.ref?.(element);
}

/** @param {Knot} knot @param {Knot} old */
function update(knot, old) {
  const node = /** @type {any} */ (old.node);
  knot.node = node;
  if (!knot.tag) {
    if (knot.text !== old.text) node.data = knot.text;
    return;
  }
  const { skip } = knot.props;
  if (skip && same(skip, old.props.skip)) return;
  dress(node, knot.props, old.props);
  fill(node, knot);
}

/** A custom element paints itself. @param {Element} element @param {Knot} knot */
function fill(element, knot) {
  if (!knot.tag.includes('-')) paint(element, ...knot.children);
}

/**
 * @param {readonly unknown[]} one
 * @param {readonly unknown[] | undefined} other
 */
export const same = (one, other) =>
  one.length === other?.length && one.every((value, index) => Object.is(value, other[index]));

/** @param {any} element @param {Props} props @param {Props} before */
function dress(element, props, before) {
  for (const name of Object.keys(before)) {
    if (!OWN.has(name) && !(name in props)) element.removeAttribute(name);
  }
  for (const [name, value] of Object.entries(props)) {
    if (!OWN.has(name) && value !== before[name]) attribute(element, name, value);
  }
  for (const [name, value] of Object.entries(props.style ?? {})) {
    if (value !== before.style?.[name]) element.style.setProperty(name, value);
  }
  if (props.on || before.on) listen(element, props.on ?? {});
  // The document may have changed a property since: what the user typed, what was opened.
  for (const [name, value] of Object.entries(props.set ?? {})) {
    if (!Object.is(element[name], value)) element[name] = value;
  }
}

/** @param {Element} element @param {string} name @param {any} value */
function attribute(element, name, value) {
  if (/^on|^style$|^srcdoc$/i.test(name))
    throw new TypeError(`${name} is not an attribute of a view`);
  if ((name === 'href' || name === 'src') && value && !SAFE_LINK.test(value)) value = null;
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : String(value));
}

/** @param {Element} element @param {Record<string, any>} listeners */
function listen(element, listeners) {
  const known = listening.get(element) ?? {};
  listening.set(element, listeners);
  for (const type of Object.keys(listeners))
    if (!(type in known)) element.addEventListener(type, hear);
  for (const type of Object.keys(known))
    if (!(type in listeners)) element.removeEventListener(type, hear);
}

/** @param {Event} event */
function hear(event) {
  const element = /** @type {Element} */ (event.currentTarget);
  listening.get(element)?.[event.type]?.call(element, event);
}
