/** A text whose short hyphenated words, "e-mail" above all, do not break at the end of a line; text nodes only. */

const SHORT = /((?<![\p{L}\p{N}-])\p{L}-\p{L}{1,8}(?![\p{L}\p{N}-]))/u;

export function Words({ text }: { text: string }) {
  // The pattern is one group: every second piece is a match.
  return (
    <>
      {text.split(SHORT).map((piece, place) =>
        place % 2 === 1 ? (
          <span key={place} class="unbroken">
            {piece}
          </span>
        ) : (
          piece
        ),
      )}
    </>
  );
}
