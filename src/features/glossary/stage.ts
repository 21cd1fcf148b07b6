import { NOTHING_YET, type Stage } from '../../state/stage';

export const stage: Stage = {
  id: 'glossary',
  name: 'Glossary',
  words: 'terms words meaning help',
  form: 'automatic',
  isListed: () => false,
  isAside: true,
  state: () => NOTHING_YET,
  page: async () => (await import('./Glossary')).Glossary,
};
