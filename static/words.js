// The words of the first view: `word.NAME` is a text of the language that is read. The build puts in place of the names where
// they stand (tools/finish.mjs), and in place of these two the English texts and the lines that they have in other languages' files.

/** The texts, by their places. */
export const word = [];

/** Learns the words of a language from its file; those of English where there is none. */
export const learn = (file) => {
  const lines = file?.split("\n");
  WORDS.ENGLISH.forEach((english, place) => (word[place] = lines?.[WORDS.LINES[place]] ?? english));
};
