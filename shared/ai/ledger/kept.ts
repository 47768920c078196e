/** A row of the ledger as it waits in the tenant's item of budgets while the ledger cannot be reached. */
import type { LedgerEntry } from './entry.ts';

export function packEntry({ costPico, reservedPico, ...rest }: LedgerEntry): string {
  return JSON.stringify({ ...rest, costPico: String(costPico), reservedPico: String(reservedPico) });
}

export function unpackEntry(text: string): LedgerEntry {
  const { costPico, reservedPico, ...rest } = JSON.parse(text) as Packed;
  return { ...rest, costPico: BigInt(costPico), reservedPico: BigInt(reservedPico) };
}

type Packed = Omit<LedgerEntry, 'costPico' | 'reservedPico'> & { costPico: string; reservedPico: string };
