// Ticket numbers as they are said and typed: "17-004198-3".

/** Whether a search means a ticket's number: such a search that finds nothing has a digit wrong. */
export function looksLikeNumber(text: string): boolean {
  return /^\d{1,5}-\d{6,10}-\d$/.test(text.trim());
}
