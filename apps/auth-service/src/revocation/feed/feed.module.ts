/** The revocation feed for resource servers. */
import { Module } from '@nestjs/common';
import { IssuanceModule } from '../../issuance/issuance.module.js';
import { KeysModule } from '../../keys/keys.module.js';
import { SenderConstraintModule } from '../../sender-constraint/sender-constraint.module.js';
import { StorageModule } from '../../storage/storage.module.js';
import { FeedFollowers } from './feed.followers.js';
import { RevocationModule } from '../revocation.module.js';
import { FollowerAuthenticator } from './follower.authenticator.js';
import { RevocationFeedController } from './revocation-feed.controller.js';
import { RevocationJournal } from './revocation.journal.js';
import { RevocationPublisher } from '../stream/revocation.publisher.js';
import { RevokedKeyWatcher } from './revoked-key.watcher.js';

@Module({
  imports: [StorageModule, IssuanceModule, KeysModule, RevocationModule, SenderConstraintModule],
  controllers: [RevocationFeedController],
  providers: [
    RevocationJournal,
    FeedFollowers,
    FollowerAuthenticator,
    RevokedKeyWatcher,
    RevocationPublisher,
  ],
  exports: [FeedFollowers, RevocationJournal],
})
export class FeedModule {}
