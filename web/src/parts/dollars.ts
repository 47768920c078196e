/** Amounts in dollars as people read them; the service keeps them to the pico-dollar. */

/** `$12.30`; small amounts keep the figures that matter: `$0.0042`. */
export function sayDollars(amount: string | number): string {
  const value = Number(amount);
  if (value === 0) return '$0';
  const digits = Math.abs(value) >= 1 ? 2 : Math.min(6, 1 - Math.floor(Math.log10(Math.abs(value))));
  return `$${value.toLocaleString('en-US', { minimumFractionDigits: Math.min(2, digits), maximumFractionDigits: digits })}`;
}

/** What was typed as an amount, as the service takes it; undefined when it is none. */
export function dollarsIn(text: string): string | undefined {
  const plain = text.trim().replace(/^\$/, '').replaceAll(',', '');
  return /^\d{1,12}(\.\d{1,12})?$/.test(plain) ? plain : undefined;
}
