/** `24 Nov, 17:56`. */
export const formatMoment = (at: number): string => MOMENT.format(at);
const MOMENT = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
