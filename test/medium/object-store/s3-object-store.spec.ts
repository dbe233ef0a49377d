import { S3ObjectStore } from '#object-store';
import { describeObjectStore } from '../../contracts/object-store.contract.js';
import { makeTestStore, sharedS3 } from '../../support/s3-server.js';

describeObjectStore('S3', async () => {
  const server = await sharedS3();
  const { store, config } = await makeTestStore(server);
  return { store, another: () => new S3ObjectStore(config), close: () => server.release() };
});
