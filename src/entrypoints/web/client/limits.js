/**
 * The limits of what people type. They are those of the service, as docs/reference/errors.json
 * lists them; a test compares the two.
 */
export const LIMITS = {
  handle: { min: 2, max: 32 },
  display_name: { max: 64 },
  title: { max: 128 },
  password: { min: 8 },
  'body.text': { max: 8_000 },
};

/** The protocol level from which on messages can be edited, recalled and so on. */
export const MESSAGE_LIFE_LEVEL = 5;
