/** Rows of `app.prompts`, `app.prompt_versions` and the preferences. */
import type { PromptKey } from '../config/prompts.ts';
import type { ActorType } from '../contract/actor.ts';
import type { Preferences } from './prompts.contract.ts';

/** A prompt of which the tenant has a version in force. */
export type OverrideRow = { key: PromptKey; version: number; template: string };

export type VersionRow = {
  version: number;
  template: string;
  note: string | null;
  author_type: ActorType;
  author: string;
  created_at: Date;
};

export const noPreferences: Preferences = { tone: null, length: null, model: null };
