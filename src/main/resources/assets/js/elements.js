// Elements made by scripts: every text as text, so that no name can be more than that.

/** An element with properties (class, text, attributes as they are called) and children. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'text') {
      made.textContent = value;
    } else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(key, value === true ? '' : value);
    }
  }
  made.append(...children);
  return made;
}

export const percent = rate => `${(100 * rate).toFixed(1)} %`;

/** Four significant digits. */
export function number(value) {
  const size = Math.abs(value);
  return (size !== 0 && (size < 1e-4 || size >= 1e7) ? value.toExponential(3) : Number(value.toPrecision(4)).toString()).replace('-', '−');
}

/** A table within a region that scrolls sideways. */
export function table(label, head, rows) {
  const cell = (kind, scope) => (entry, at) => {
    const content = typeof entry === 'object' ? entry : {text: String(entry)};
    return element(at === 0 && kind === 'td' ? 'th' : kind, {
      scope: at === 0 && kind === 'td' ? 'row' : scope, class: [at > 0 && content.number !== false ? 'number' : '', content.tone ?? ''].join(' ').trim() || null, text: content.text});
  };
  return element('div', {class: 'wide', tabindex: 0, role: 'region', 'aria-label': label},
    element('table', {},
      element('thead', {}, element('tr', {}, ...head.map(cell('th', 'col')))),
      element('tbody', {}, ...rows.map(row => element('tr', {}, ...row.map(cell('td')))))));
}
