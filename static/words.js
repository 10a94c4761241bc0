// The words of the first view, by their names in crates/words. The build (tools/finish.mjs) puts numbers in place of the names, and
// makes ENGLISH of their English texts, LINES of where they stand in the file of a language, COUNT of how many lines it has before the
// last, and STAMP of that one.

/** The texts. */
export const word = [];

const take = (lines, at) => ENGLISH.forEach((english, place) => (word[place] = lines[at + LINES[place]] || word[place] || english));

/** Learns the words of a language from its file, or English where there is none of this version; and what the organization says
 * in its own words, which is a file for each language. */
export const learn = (file = "", own = "") => {
  const [lines, said] = [file, own].map((text) => text.split("\n"));
  word.splice(0);
  take(lines[COUNT] === STAMP ? lines : [], 0);
  for (let at = 0; said[at + COUNT] === STAMP; at += COUNT + 1) if (said[at].startsWith(word.language)) take(said, at);
};
