/** The pages on which people look after their own account. */
import { Module } from '@nestjs/common';
import { GrantModule } from '../grant/grant.module.js';
import { SessionModule } from '../session/session.module.js';
import { StorageModule } from '../storage/storage.module.js';
import { AccountAccessModule } from './account-access.module.js';
import { PlacesController } from './places.controller.js';
import { ProfileController } from './profile.controller.js';
import { SignedInPlaces } from './signed-in.places.js';

@Module({
  imports: [AccountAccessModule, GrantModule, SessionModule, StorageModule],
  controllers: [ProfileController, PlacesController],
  providers: [SignedInPlaces],
})
export class AccountPageModule {}
