/** The stages of the rail, each once, as `Studio.goTo` knows them: from the app's own list. */
import { STAGES } from '../src/app/stages';

/** Names of pages that differ from their stage's: parts of one, and one that the rail lists only with a model or a label. */
export const PLACES: Readonly<Record<string, { stage: string; part?: string; isUnlisted?: boolean }>> = {
  Tokenizer: { stage: 'Tokens & data', part: 'Tokens' },
  Data: { stage: 'Tokens & data', part: 'Data' },
  Tune: { stage: 'Teach it more', isUnlisted: true },
};

/** Every stage but those to look things up, in the order of the rail. */
export const STAGE_NAMES: readonly string[] = STAGES.filter(({ isAside }) => !isAside).flatMap(({ name }) => {
  const places = Object.keys(PLACES).filter((place) => PLACES[place]!.stage === name);
  return places.length > 0 ? places : [name];
});
