/** Which internet addresses something may be used from: single ones and networks, of either version. */
import { BlockList, isIP } from 'node:net';

/** A list that was read: whether it admits an address. */
export type AddressList = { admits(address: string): boolean };

/**
 * Reads a list such as `['203.0.113.7', '2001:db8::/32']`; an empty one admits everybody.
 * @returns the entries that are neither address nor network, if there are any
 */
export function readAddressList(entries: readonly string[]): AddressList | { wrong: readonly string[] } {
  const list = new BlockList();
  const wrong = entries.filter((entry) => !add(list, entry));
  if (wrong.length > 0) return { wrong };
  return {
    admits: (address) => {
      if (entries.length === 0) return true;
      const family = familyOf(address);
      // An address that cannot be read is on no list.
      return family !== undefined && list.check(address, family);
    },
  };
}

function add(list: BlockList, entry: string): boolean {
  const [address = '', bits, ...more] = entry.split('/');
  const family = familyOf(address);
  if (family === undefined || more.length > 0) return false;
  const longest = family === 'ipv4' ? 32 : 128;
  if (bits === undefined) list.addAddress(address, family);
  else if (!/^(0|[1-9]\d{0,2})$/.test(bits) || Number(bits) > longest) return false;
  else list.addSubnet(address, Number(bits), family);
  return true;
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  // A zone names an interface of one machine and means nothing here.
  if (address.includes('%')) return undefined;
  switch (isIP(address)) {
    case 4:
      return 'ipv4';
    case 6:
      return 'ipv6';
    default:
      return undefined;
  }
}
