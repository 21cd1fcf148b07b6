/** Registry of cleaning rules. To add one, write its file and add its line here. */
import { accents } from './accents';
import { c4 } from './c4';
import { c4Lines } from './c4Lines';
import { controls } from './controls';
import { fineWeb } from './fineWeb';
import { gopherQuality } from './gopherQuality';
import { gopherRepetition } from './gopherRepetition';
import { hyphenation } from './hyphenation';
import { language } from './language';
import { length } from './length';
import { lineEnds } from './lineEnds';
import { lowerCase } from './lowerCase';
import { markup } from './markup';
import { mojibake } from './mojibake';
import { numbers } from './numbers';
import { pageHeads } from './pageHeads';
import { relevance } from './relevance';
import { repeatedLines } from './repeatedLines';
import { replace } from './replace';
import type { Rule } from './rule';
import { specialCharacters } from './specialCharacters';
import { unicode } from './unicode';
import { urls } from './urls';
import { whiteSpace } from './whiteSpace';

/** In order of display. Keys are stored in recipes, so they never change. */
export const RULES = {
  markup,
  mojibake,
  unicode,
  controls,
  pageHeads,
  lineEnds,
  hyphenation,
  urls,
  specialCharacters,
  numbers,
  lowerCase,
  accents,
  repeatedLines,
  c4Lines,
  whiteSpace,
  replace,
  length,
  language,
  gopherQuality,
  gopherRepetition,
  c4,
  fineWeb,
  relevance,
} as const;
export type RuleId = keyof typeof RULES;

/** Any rule, by its common interface. */
export const ruleOf = (id: RuleId): Rule => RULES[id];
