/** Stages of the rail, each once, with the names used by `Studio.goTo`, from the app's own list. */
import { STAGES } from '../src/app/stages';

/** Pages whose names differ from their stage's: parts of a stage, and one that the rail lists only at times. */
export const PLACES: Readonly<Record<string, { stage: string; part?: string; isUnlisted?: boolean }>> = {
  Tokenizer: { stage: 'Tokens & data', part: 'Tokens' },
  Data: { stage: 'Tokens & data', part: 'Data' },
  Tune: { stage: 'Teach it more', isUnlisted: true },
};

/** Every stage except reference pages, in the order of the rail. */
export const STAGE_NAMES: readonly string[] = STAGES.filter(({ isAside }) => !isAside).flatMap(({ name }) => {
  const places = Object.keys(PLACES).filter((place) => PLACES[place]!.stage === name);
  return places.length > 0 ? places : [name];
});
