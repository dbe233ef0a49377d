import { jest } from '@jest/globals';

// Real servers start and real files are hashed in these tests; nothing is judged by its time.
jest.setTimeout(180_000);
