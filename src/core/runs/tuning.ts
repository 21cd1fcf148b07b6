/** To what end a model is tuned: to text of a kind that it has seen little of, or to answer as chats do. */
export const PURPOSES = ['adapt', 'instruct'] as const;
export type Purpose = (typeof PURPOSES)[number];
