/** Reads the XML that AWS answers in: elements and texts, nothing else. */

/** An element by the names of its children; a text where it has none, and a list where a name comes more than once. */
export type XmlElement = {
  readonly text: string;
  children(name: string): XmlElement[];
  child(name: string): XmlElement;
};

/** @throws Error when it is not well-formed */
export function readXml(xml: string): XmlElement {
  const root: Node = { children: [], text: '' };
  const open: { name: string; node: Node }[] = [{ name: '', node: root }];
  for (const [, closing, name = '', selfClosing, text = ''] of xml.matchAll(token)) {
    const current = open.at(-1);
    if (current === undefined) throw new Error('The XML ends before its end.');
    if (name === '') current.node.text += unescaped(text);
    else if (closing === '/') {
      if (current.name !== name) throw new Error(`The XML closes ${name} inside of ${current.name}.`);
      open.pop();
    } else {
      const node: Node = { children: [], text: '' };
      current.node.children.push([name, node]);
      if (selfClosing !== '/') open.push({ name, node });
    }
  }
  if (open.length !== 1) throw new Error('The XML was cut off.');
  return elementOf(root);
}

type Node = { children: [string, Node][]; text: string };

const token = /<\?[^>]*\?>|<(\/?)([\w.:-]+)(?:\s[^>]*?)?(\/?)>|([^<]+)/g;

function elementOf(node: Node): XmlElement {
  const children = (name: string) =>
    node.children.filter(([own]) => own === name).map(([, child]) => elementOf(child));
  return {
    text: node.text.trim(),
    children,
    // Asking on where there is nothing gives nothing: every element of these answers may be missing.
    child: (name) => children(name)[0] ?? elementOf({ children: [], text: '' }),
  };
}

function unescaped(text: string): string {
  const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replaceAll(
    /&(?:(lt|gt|quot|apos|amp)|#(\d+)|#x([0-9a-fA-F]+));/g,
    (whole, name, decimal, hex) => {
      if (typeof name === 'string') return named[name] ?? whole;
      return String.fromCodePoint(typeof decimal === 'string' ? Number(decimal) : parseInt(String(hex), 16));
    },
  );
}
