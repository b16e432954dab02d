export const greet = (name) => `good morning, ${name}`;
