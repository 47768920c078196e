/** Builds elements. Text is always text, never HTML: what people typed cannot become markup. */

/** An element with attributes, `on…` handlers and children; `undefined`, `false` and `null` are left out. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false || value === null) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(
    ...children
      .flat()
      .filter((child) => child !== undefined && child !== false && child !== null && child !== ''),
  );
  return element;
}

/** A labelled field; `hint` is read out with it. */
export function field({ label, hint, name, options, ...attributes }) {
  const id = `field-${name}`;
  const described = hint === undefined ? undefined : `${id}-hint`;
  const common = { id, name, 'aria-describedby': described, ...attributes };
  const control =
    options === undefined
      ? el('input', common)
      : el(
          'select',
          common,
          options.map(({ value, text }) => el('option', { value }, text)),
        );
  return el(
    'div',
    { class: 'field' },
    el('label', { for: id }, label),
    control,
    hint && el('p', { class: 'hint', id: described }, hint),
  );
}

/**
 * A form that does something: its button waits while the work runs, and a failure is told above it. `beside` stands next to the
 * button.
 */
export function form({ fields, submit, work, beside }) {
  const error = el('p', { class: 'error', role: 'alert', hidden: true });
  const button = el('button', { type: 'submit' }, submit);
  const onsubmit = async (event) => {
    event.preventDefault();
    const controls = [...event.target.elements].filter(({ name }) => name);
    const values = Object.fromEntries(controls.map(({ name, value }) => [name, value.trim()]));
    button.disabled = true;
    error.hidden = true;
    try {
      await work(values);
    } catch (failure) {
      error.textContent = failure.message;
      error.hidden = false;
    } finally {
      button.disabled = false;
    }
  };
  return el('form', { onsubmit }, error, fields, el('div', { class: 'actions' }, [button, beside]));
}
