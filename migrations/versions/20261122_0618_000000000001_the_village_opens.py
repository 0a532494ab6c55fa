"""The village opens: places and people, council, activities, the ledger, rewards and rankings.

Tables that only grow are guarded by the database itself; the statements are those of `app.kit.append_only`.
"""

import sqlalchemy as sa
from alembic import op

from app.kit.append_only import statements


revision = '000000000001'
down_revision = None
branch_labels = None
depends_on = None

ONLY_GROW = (
    "activity_changes",
    "audit_entries",
    "listing_changes",
    "order_changes",
    "question_extensions",
    "question_options",
    "roll_entries",
    "stock_moves",
    "topic_changes",
    "transfers",
)


def upgrade() -> None:
    op.create_table('accounts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('asset', sa.String(length=8), nullable=False),
    sa.Column('owner_kind', sa.String(length=12), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=12), nullable=False),
    sa.Column('bounded', sa.Boolean(), nullable=False),
    sa.Column('balance', sa.Integer(), nullable=False),
    sa.Column('held', sa.Integer(), nullable=False),
    sa.CheckConstraint("asset IN ('honour', 'points', 'minutes')", name=op.f('ck_accounts_asset')),
    sa.CheckConstraint("owner_kind IN ('household', 'resident') OR (balance = 0 AND held = 0)", name=op.f('ck_accounts_derived')),
    sa.CheckConstraint("owner_kind IN ('household', 'resident', 'merchant', 'community')", name=op.f('ck_accounts_owner')),
    sa.CheckConstraint("purpose IN ('own', 'issued', 'redeemed', 'expired', 'corrected')", name=op.f('ck_accounts_purpose')),
    sa.CheckConstraint('NOT bounded OR (held >= 0 AND balance >= held)', name=op.f('ck_accounts_never_short')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts')),
    sa.UniqueConstraint('asset', 'id', name=op.f('uq_accounts_asset_id')),
    sa.UniqueConstraint('asset', 'owner_kind', 'owner_id', 'purpose', name=op.f('uq_accounts_asset_owner_kind_owner_id_purpose'))
    )
    op.create_table('audit_entries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('act', sa.String(length=64), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=True),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entries'))
    )
    with op.batch_alter_table('audit_entries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entries_actor_id'), ['actor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entries_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entries_place_id'), ['place_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entries_subject'), ['subject'], unique=False)

    op.create_table('failed_attempts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_failed_attempts'))
    )
    with op.batch_alter_table('failed_attempts', schema=None) as batch_op:
        batch_op.create_index('ix_failed_attempts_key_at', ['key', 'at'], unique=False)

    op.create_table('places',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('path', sa.String(length=120), nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('intro', sa.JSON(), nullable=True),
    sa.Column('committee', sa.JSON(), nullable=True),
    sa.Column('households', sa.Integer(), nullable=False),
    sa.Column('settings', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['places.id'], name=op.f('fk_places_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_places')),
    sa.UniqueConstraint('code', name=op.f('uq_places_code'))
    )
    with op.batch_alter_table('places', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_places_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_places_path'), ['path'], unique=False)

    op.create_table('requests_done',
    sa.Column('who', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('request_id', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('result_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('who', 'request_id', name=op.f('pk_requests_done'))
    )
    op.create_table('threads',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('last_number', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_threads')),
    sa.UniqueConstraint('subject', name=op.f('uq_threads_subject'))
    )
    op.create_table('households',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('street_id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('grid_id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('door', sa.String(length=40), nullable=False),
    sa.Column('joined_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['community_id'], ['places.id'], name=op.f('fk_households_community_id')),
    sa.ForeignKeyConstraint(['grid_id'], ['places.id'], name=op.f('fk_households_grid_id')),
    sa.ForeignKeyConstraint(['group_id'], ['places.id'], name=op.f('fk_households_group_id')),
    sa.ForeignKeyConstraint(['street_id'], ['places.id'], name=op.f('fk_households_street_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_households')),
    sa.UniqueConstraint('group_id', 'door', name=op.f('uq_households_group_id_door'))
    )
    with op.batch_alter_table('households', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_households_community_id'), ['community_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_households_grid_id'), ['grid_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_households_street_id'), ['street_id'], unique=False)

    op.create_table('reward_items',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=64), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('category', sa.String(length=16), nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('description', sa.JSON(), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('on_hand', sa.Integer(), nullable=True),
    sa.Column('reserved', sa.Integer(), nullable=False),
    sa.Column('limit_count', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('on_hand IS NULL OR (reserved >= 0 AND on_hand >= reserved)', name=op.f('ck_reward_items_stock')),
    sa.CheckConstraint('price >= 0', name=op.f('ck_reward_items_price')),
    sa.ForeignKeyConstraint(['community_id'], ['places.id'], name=op.f('fk_reward_items_community_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reward_items')),
    sa.UniqueConstraint('source', name=op.f('uq_reward_items_source'))
    )
    with op.batch_alter_table('reward_items', schema=None) as batch_op:
        batch_op.create_index('ix_reward_items_catalogue', ['community_id', 'price', 'id'], unique=False)

    op.create_table('spots',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('open_hours', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_spots_place_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_spots')),
    sa.UniqueConstraint('key', name=op.f('uq_spots_key'))
    )
    with op.batch_alter_table('spots', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_spots_place_id'), ['place_id'], unique=False)

    op.create_table('topic_counts',
    sa.Column('street_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['street_id'], ['places.id'], name=op.f('fk_topic_counts_street_id')),
    sa.PrimaryKeyConstraint('street_id', 'year', name=op.f('pk_topic_counts'))
    )
    op.create_table('merchants',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('spot_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('open_hours', sa.JSON(), nullable=False),
    sa.Column('note', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['community_id'], ['places.id'], name=op.f('fk_merchants_community_id')),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_merchants_place_id')),
    sa.ForeignKeyConstraint(['spot_id'], ['spots.id'], name=op.f('fk_merchants_spot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merchants')),
    sa.UniqueConstraint('key', name=op.f('uq_merchants_key'))
    )
    with op.batch_alter_table('merchants', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_merchants_community_id'), ['community_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_merchants_place_id'), ['place_id'], unique=False)

    op.create_table('residents',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=True),
    sa.Column('family_name', sa.String(length=40), nullable=False),
    sa.Column('given_name', sa.String(length=40), nullable=False),
    sa.Column('family_name_en', sa.String(length=40), nullable=False),
    sa.Column('born_on', sa.Date(), nullable=True),
    sa.Column('sign_in_name', sa.String(length=40), nullable=True),
    sa.Column('phone', sa.String(length=20), nullable=True),
    sa.Column('password_hash', sa.String(length=160), nullable=True),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('verified_by', sa.Integer(), nullable=True),
    sa.Column('claimed_grid_id', sa.Integer(), nullable=True),
    sa.Column('claimed_door', sa.String(length=80), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=True),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['claimed_grid_id'], ['places.id'], name=op.f('fk_residents_claimed_grid_id')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_residents_household_id')),
    sa.ForeignKeyConstraint(['verified_by'], ['residents.id'], name=op.f('fk_residents_verified_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_residents')),
    sa.UniqueConstraint('phone', name=op.f('uq_residents_phone')),
    sa.UniqueConstraint('sign_in_name', name=op.f('uq_residents_sign_in_name'))
    )
    with op.batch_alter_table('residents', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_residents_claimed_grid_id'), ['claimed_grid_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_residents_household_id'), ['household_id'], unique=False)

    op.create_table('activities',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('street_id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=True),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('spot_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('description', sa.JSON(), nullable=False),
    sa.Column('organiser_id', sa.Integer(), nullable=True),
    sa.Column('organisation', sa.String(length=200), nullable=False),
    sa.Column('tariff_code', sa.String(length=8), nullable=True),
    sa.Column('marks', sa.JSON(), nullable=False),
    sa.Column('age_from', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('report', sa.JSON(), nullable=True),
    sa.Column('source', sa.String(length=40), nullable=True),
    sa.Column('source_id', sa.String(length=64), nullable=True),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('draft', 'review', 'open', 'reported', 'cancelled')", name=op.f('ck_activities_known_state')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_activities_ends_after_start')),
    sa.ForeignKeyConstraint(['community_id'], ['places.id'], name=op.f('fk_activities_community_id')),
    sa.ForeignKeyConstraint(['organiser_id'], ['residents.id'], name=op.f('fk_activities_organiser_id')),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_activities_place_id')),
    sa.ForeignKeyConstraint(['spot_id'], ['spots.id'], name=op.f('fk_activities_spot_id')),
    sa.ForeignKeyConstraint(['street_id'], ['places.id'], name=op.f('fk_activities_street_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activities')),
    sa.UniqueConstraint('source', 'source_id', name=op.f('uq_activities_source_source_id'))
    )
    with op.batch_alter_table('activities', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_activities_community_id'), ['community_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_activities_kind'), ['kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_activities_organiser_id'), ['organiser_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_activities_place_id'), ['place_id'], unique=False)
        batch_op.create_index('ix_activities_state_ends_at', ['state', 'ends_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_activities_street_id'), ['street_id'], unique=False)

    op.create_table('comments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('thread_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('path', sa.String(length=400).with_variant(sa.String(length=400, collation='C'), 'postgresql'), nullable=False),
    sa.Column('depth', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('stance', sa.String(length=8), nullable=False),
    sa.Column('text', sa.JSON(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('author_name', sa.String(length=80), nullable=False),
    sa.Column('official', sa.Boolean(), nullable=False),
    sa.Column('signed_as', sa.JSON(), nullable=True),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('adopted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('adopted_by', sa.Integer(), nullable=True),
    sa.Column('hidden_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hidden_by', sa.Integer(), nullable=True),
    sa.Column('hidden_because', sa.JSON(), nullable=True),
    sa.Column('support_count', sa.Integer(), nullable=False),
    sa.Column('against_count', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=24), nullable=True),
    sa.Column('source_id', sa.String(length=64), nullable=True),
    sa.Column('source_parent_id', sa.String(length=64), nullable=True),
    sa.Column('missing_parent', sa.Boolean(), nullable=False),
    sa.CheckConstraint("stance IN ('for', 'against', 'neutral')", name=op.f('ck_comments_stance')),
    sa.CheckConstraint('(hidden_at IS NULL) = (hidden_because IS NULL)', name=op.f('ck_comments_hidden')),
    sa.CheckConstraint('support_count >= 0', name=op.f('ck_comments_support')),
    sa.ForeignKeyConstraint(['adopted_by'], ['residents.id'], name=op.f('fk_comments_adopted_by')),
    sa.ForeignKeyConstraint(['author_id'], ['residents.id'], name=op.f('fk_comments_author_id')),
    sa.ForeignKeyConstraint(['hidden_by'], ['residents.id'], name=op.f('fk_comments_hidden_by')),
    sa.ForeignKeyConstraint(['parent_id'], ['comments.id'], name=op.f('fk_comments_parent_id')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_comments_thread_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comments')),
    sa.UniqueConstraint('thread_id', 'number', name=op.f('uq_comments_thread_id_number')),
    sa.UniqueConstraint('thread_id', 'path', name=op.f('uq_comments_thread_id_path')),
    sa.UniqueConstraint('thread_id', 'source', 'source_id', name=op.f('uq_comments_thread_id_source_source_id'))
    )
    with op.batch_alter_table('comments', schema=None) as batch_op:
        batch_op.create_index('ix_comments_author_id', ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_comments_parent_id'), ['parent_id'], unique=False)

    op.create_table('holds',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=True),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('because', sa.String(length=80), nullable=False),
    sa.Column('what', sa.JSON(), nullable=True),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'held') = (ended_at IS NULL)", name=op.f('ck_holds_ended')),
    sa.CheckConstraint("state IN ('held', 'posted', 'voided', 'expired')", name=op.f('ck_holds_state')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_holds_amount')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_holds_account_id')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_holds_household_id')),
    sa.ForeignKeyConstraint(['made_by'], ['residents.id'], name=op.f('fk_holds_made_by')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_holds_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holds')),
    sa.UniqueConstraint('because', name=op.f('uq_holds_because'))
    )
    with op.batch_alter_table('holds', schema=None) as batch_op:
        batch_op.create_index('ix_holds_live', ['account_id', 'expires_at'], unique=False, sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'"))

    op.create_table('invitations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('used_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_invitations_household_id')),
    sa.ForeignKeyConstraint(['made_by'], ['residents.id'], name=op.f('fk_invitations_made_by')),
    sa.ForeignKeyConstraint(['used_by'], ['residents.id'], name=op.f('fk_invitations_used_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitations')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_invitations_code_hash'))
    )
    with op.batch_alter_table('invitations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitations_household_id'), ['household_id'], unique=False)

    op.create_table('listing_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('shown_as', sa.String(length=8), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("shown_as IN ('masked', 'nickname', 'none')", name=op.f('ck_listing_changes_shown_as')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_listing_changes_household_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_listing_changes_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_listing_changes'))
    )
    with op.batch_alter_table('listing_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_listing_changes_household_id'), ['household_id'], unique=False)

    op.create_table('listings',
    sa.Column('household_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('shown_as', sa.String(length=8), nullable=False),
    sa.Column('nickname', sa.String(length=24), nullable=False),
    sa.Column('nickname_key', sa.String(length=48), nullable=True),
    sa.Column('agreed_by', sa.Integer(), nullable=False),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(shown_as = 'nickname') = (nickname <> '')", name=op.f('ck_listings_nickname_said')),
    sa.CheckConstraint("(shown_as = 'nickname') = (nickname_key IS NOT NULL)", name=op.f('ck_listings_nickname')),
    sa.CheckConstraint("shown_as IN ('masked', 'nickname')", name=op.f('ck_listings_shown_as')),
    sa.ForeignKeyConstraint(['agreed_by'], ['residents.id'], name=op.f('fk_listings_agreed_by')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_listings_household_id')),
    sa.PrimaryKeyConstraint('household_id', name=op.f('pk_listings')),
    sa.UniqueConstraint('nickname_key', name=op.f('uq_listings_nickname_key'))
    )
    op.create_table('merchant_clerks',
    sa.Column('merchant_id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['merchant_id'], ['merchants.id'], name=op.f('fk_merchant_clerks_merchant_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_merchant_clerks_resident_id')),
    sa.PrimaryKeyConstraint('merchant_id', 'resident_id', name=op.f('pk_merchant_clerks'))
    )
    with op.batch_alter_table('merchant_clerks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_merchant_clerks_resident_id'), ['resident_id'], unique=False)

    op.create_table('questions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('place_path', sa.String(length=120), nullable=False),
    sa.Column('wording', sa.JSON(), nullable=False),
    sa.Column('method', sa.String(length=16), nullable=False),
    sa.Column('electorate', sa.String(length=16), nullable=False),
    sa.Column('secret', sa.Boolean(), nullable=False),
    sa.Column('quorum_part', sa.Integer(), nullable=False),
    sa.Column('quorum_whole', sa.Integer(), nullable=False),
    sa.Column('threshold_part', sa.Integer(), nullable=False),
    sa.Column('threshold_whole', sa.Integer(), nullable=False),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('planned_close', sa.DateTime(timezone=True), nullable=False),
    sa.Column('roll_size', sa.Integer(), nullable=False),
    sa.Column('roll_hash', sa.String(length=64), nullable=False),
    sa.Column('opened_by', sa.Integer(), nullable=True),
    sa.CheckConstraint("electorate IN ('person', 'household')", name=op.f('ck_questions_electorate')),
    sa.CheckConstraint("method IN ('yes_no', 'single_choice')", name=op.f('ck_questions_method')),
    sa.CheckConstraint('NOT secret', name=op.f('ck_questions_open')),
    sa.CheckConstraint('opens_at < closes_at AND planned_close <= closes_at', name=op.f('ck_questions_times')),
    sa.CheckConstraint('quorum_part >= 0 AND quorum_part <= quorum_whole AND quorum_whole > 0', name=op.f('ck_questions_quorum')),
    sa.CheckConstraint('threshold_part >= 0 AND threshold_part <= threshold_whole AND threshold_whole > 0', name=op.f('ck_questions_threshold')),
    sa.ForeignKeyConstraint(['opened_by'], ['residents.id'], name=op.f('fk_questions_opened_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_questions'))
    )
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_questions_closes_at'), ['closes_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_questions_subject'), ['subject'], unique=False)

    op.create_table('reward_item_merchants',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('merchant_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['reward_items.id'], name=op.f('fk_reward_item_merchants_item_id')),
    sa.ForeignKeyConstraint(['merchant_id'], ['merchants.id'], name=op.f('fk_reward_item_merchants_merchant_id')),
    sa.PrimaryKeyConstraint('item_id', 'merchant_id', name=op.f('pk_reward_item_merchants'))
    )
    with op.batch_alter_table('reward_item_merchants', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reward_item_merchants_merchant_id'), ['merchant_id'], unique=False)

    op.create_table('roles',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=24), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_roles_place_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_roles_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roles'))
    )
    with op.batch_alter_table('roles', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_roles_place_id'), ['place_id'], unique=False)
        batch_op.create_index('uq_roles_held', ['resident_id', 'role', 'place_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('sign_ins',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('device', sa.String(length=40), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_sign_ins_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_ins')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sign_ins_token_hash'))
    )
    with op.batch_alter_table('sign_ins', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_ins_resident_id'), ['resident_id'], unique=False)

    op.create_table('tariffs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('caps', sa.JSON(), nullable=False),
    sa.Column('loaded_by', sa.Integer(), nullable=True),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('effective_until', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['loaded_by'], ['residents.id'], name=op.f('fk_tariffs_loaded_by')),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_tariffs_place_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tariffs')),
    sa.UniqueConstraint('place_id', 'version', name=op.f('uq_tariffs_place_id_version'))
    )
    op.create_table('activity_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('was', sa.String(length=12), nullable=True),
    sa.Column('became', sa.String(length=12), nullable=False),
    sa.Column('why', sa.JSON(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_activity_changes_activity_id')),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_activity_changes_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity_changes'))
    )
    with op.batch_alter_table('activity_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_activity_changes_activity_id'), ['activity_id'], unique=False)

    op.create_table('comment_supports',
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comments.id'], name=op.f('fk_comment_supports_comment_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_comment_supports_resident_id')),
    sa.PrimaryKeyConstraint('comment_id', 'resident_id', name=op.f('pk_comment_supports'))
    )
    with op.batch_alter_table('comment_supports', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_comment_supports_resident_id'), ['resident_id'], unique=False)

    op.create_table('orders',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('merchant_id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('hold_id', sa.Integer(), nullable=True),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('voucher_hash', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('reserved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('handed_over_by', sa.Integer(), nullable=True),
    sa.CheckConstraint("(state = 'held') = (ended_at IS NULL)", name=op.f('ck_orders_ended')),
    sa.CheckConstraint("(state = 'posted') = (handed_over_by IS NOT NULL)", name=op.f('ck_orders_handed_over')),
    sa.CheckConstraint("state IN ('held', 'posted', 'voided', 'expired')", name=op.f('ck_orders_state')),
    sa.CheckConstraint('price = 0 OR hold_id IS NOT NULL', name=op.f('ck_orders_points_are_held')),
    sa.ForeignKeyConstraint(['handed_over_by'], ['residents.id'], name=op.f('fk_orders_handed_over_by')),
    sa.ForeignKeyConstraint(['hold_id'], ['holds.id'], name=op.f('fk_orders_hold_id')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_orders_household_id')),
    sa.ForeignKeyConstraint(['item_id'], ['reward_items.id'], name=op.f('fk_orders_item_id')),
    sa.ForeignKeyConstraint(['merchant_id'], ['merchants.id'], name=op.f('fk_orders_merchant_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_orders_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_orders')),
    sa.UniqueConstraint('hold_id', name=op.f('uq_orders_hold_id')),
    sa.UniqueConstraint('nonce', name=op.f('uq_orders_nonce')),
    sa.UniqueConstraint('voucher_hash', name=op.f('uq_orders_voucher_hash'))
    )
    with op.batch_alter_table('orders', schema=None) as batch_op:
        batch_op.create_index('ix_orders_household_id_id', ['household_id', 'id'], unique=False)
        batch_op.create_index('ix_orders_item_id_state', ['item_id', 'state', 'expires_at'], unique=False)
        batch_op.create_index('ix_orders_merchant_id_ended_at', ['merchant_id', 'ended_at'], unique=False)

    op.create_table('question_extensions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('why', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_question_extensions_by_id')),
    sa.ForeignKeyConstraint(['question_id'], ['questions.id'], name=op.f('fk_question_extensions_question_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question_extensions'))
    )
    with op.batch_alter_table('question_extensions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_question_extensions_question_id'), ['question_id'], unique=False)

    op.create_table('question_options',
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=24), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('label', sa.JSON(), nullable=False),
    sa.Column('means', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['question_id'], ['questions.id'], name=op.f('fk_question_options_question_id')),
    sa.PrimaryKeyConstraint('question_id', 'key', name=op.f('pk_question_options')),
    sa.UniqueConstraint('question_id', 'place', name=op.f('uq_question_options_question_id_place'))
    )
    op.create_table('roll_entries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=True),
    sa.Column('household_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('(resident_id IS NULL) <> (household_id IS NULL)', name=op.f('ck_roll_entries_elector')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_roll_entries_household_id')),
    sa.ForeignKeyConstraint(['question_id'], ['questions.id'], name=op.f('fk_roll_entries_question_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_roll_entries_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roll_entries')),
    sa.UniqueConstraint('question_id', 'household_id', name=op.f('uq_roll_entries_question_id_household_id')),
    sa.UniqueConstraint('question_id', 'resident_id', name=op.f('uq_roll_entries_question_id_resident_id'))
    )
    with op.batch_alter_table('roll_entries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_roll_entries_household_id'), ['household_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_roll_entries_resident_id'), ['resident_id'], unique=False)

    op.create_table('shifts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('minimum', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('in_charge_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_shifts_ends_after_start')),
    sa.CheckConstraint('minimum >= 1 AND minimum <= capacity', name=op.f('ck_shifts_minimum_within_capacity')),
    sa.CheckConstraint('taken >= 0 AND taken <= capacity', name=op.f('ck_shifts_taken_within_capacity')),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_shifts_activity_id')),
    sa.ForeignKeyConstraint(['in_charge_id'], ['residents.id'], name=op.f('fk_shifts_in_charge_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shifts'))
    )
    with op.batch_alter_table('shifts', schema=None) as batch_op:
        batch_op.create_index('ix_shifts_activity_id_starts_at', ['activity_id', 'starts_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_shifts_ends_at'), ['ends_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_shifts_starts_at'), ['starts_at'], unique=False)

    op.create_table('tariff_lines',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('tariff_id', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('heading', sa.String(length=16), nullable=False),
    sa.Column('behaviour', sa.JSON(), nullable=False),
    sa.Column('unit', sa.JSON(), nullable=False),
    sa.Column('assets', sa.JSON(), nullable=False),
    sa.Column('caps', sa.JSON(), nullable=False),
    sa.Column('per', sa.String(length=12), nullable=False),
    sa.Column('per_minutes', sa.Integer(), nullable=True),
    sa.Column('also_minutes', sa.Boolean(), nullable=False),
    sa.Column('factor', sa.Float(), nullable=True),
    sa.Column('applies_to', sa.JSON(), nullable=False),
    sa.Column('earn', sa.String(length=12), nullable=False),
    sa.Column('confirmer', sa.JSON(), nullable=False),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.Column('evidence_kind', sa.String(length=16), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('effective_until', sa.Date(), nullable=True),
    sa.CheckConstraint('effective_until IS NULL OR effective_until >= effective_from', name=op.f('ck_tariff_lines_dates')),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_tariff_lines_place_id')),
    sa.ForeignKeyConstraint(['tariff_id'], ['tariffs.id'], name=op.f('fk_tariff_lines_tariff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tariff_lines')),
    sa.UniqueConstraint('place_id', 'code', 'version', name=op.f('uq_tariff_lines_place_id_code_version'))
    )
    with op.batch_alter_table('tariff_lines', schema=None) as batch_op:
        batch_op.create_index('ix_tariff_lines_code', ['code', 'place_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_tariff_lines_tariff_id'), ['tariff_id'], unique=False)

    op.create_table('topics',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=12), nullable=True),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('place_path', sa.String(length=120), nullable=False),
    sa.Column('street_id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('proposer_id', sa.Integer(), nullable=True),
    sa.Column('proposer_name', sa.String(length=80), nullable=False),
    sa.Column('support_count', sa.Integer(), nullable=False),
    sa.Column('support_needed', sa.Integer(), nullable=False),
    sa.Column('thread_id', sa.Integer(), nullable=True),
    sa.Column('question_id', sa.Integer(), nullable=True),
    sa.Column('outcome', sa.String(length=16), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('merged_into', sa.Integer(), nullable=True),
    sa.Column('source', sa.String(length=24), nullable=True),
    sa.Column('source_id', sa.String(length=64), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state_since', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("outcome IN ('carried', 'not_carried', 'no_quorum')", name=op.f('ck_topics_outcome')),
    sa.CheckConstraint("state IN ('draft', 'proposed', 'deliberating', 'voting', 'decided', 'implementing', 'closed', 'declined', 'withdrawn', 'merged')", name=op.f('ck_topics_state')),
    sa.CheckConstraint('support_count >= 0 AND support_needed > 0', name=op.f('ck_topics_support')),
    sa.ForeignKeyConstraint(['community_id'], ['places.id'], name=op.f('fk_topics_community_id')),
    sa.ForeignKeyConstraint(['merged_into'], ['topics.id'], name=op.f('fk_topics_merged_into')),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_topics_place_id')),
    sa.ForeignKeyConstraint(['proposer_id'], ['residents.id'], name=op.f('fk_topics_proposer_id')),
    sa.ForeignKeyConstraint(['question_id'], ['questions.id'], name=op.f('fk_topics_question_id')),
    sa.ForeignKeyConstraint(['street_id'], ['places.id'], name=op.f('fk_topics_street_id')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_topics_thread_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_topics')),
    sa.UniqueConstraint('question_id', name=op.f('uq_topics_question_id')),
    sa.UniqueConstraint('source', 'source_id', name=op.f('uq_topics_source_source_id')),
    sa.UniqueConstraint('street_id', 'number', name=op.f('uq_topics_street_id_number')),
    sa.UniqueConstraint('thread_id', name=op.f('uq_topics_thread_id'))
    )
    with op.batch_alter_table('topics', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_topics_community_id'), ['community_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_topics_decided_at'), ['decided_at'], unique=False)
        batch_op.create_index('ix_topics_opened_at_id', ['opened_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_topics_place_id'), ['place_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_topics_place_path'), ['place_path'], unique=False)
        batch_op.create_index(batch_op.f('ix_topics_proposer_id'), ['proposer_id'], unique=False)
        batch_op.create_index('ix_topics_state_opened_at', ['state', 'opened_at'], unique=False)

    op.create_table('transfers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('asset', sa.String(length=8), nullable=False),
    sa.Column('debit_id', sa.Integer(), nullable=False),
    sa.Column('credit_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('change', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('heading', sa.String(length=16), nullable=False),
    sa.Column('because', sa.String(length=80), nullable=False),
    sa.Column('what', sa.JSON(), nullable=True),
    sa.Column('cut_by', sa.String(length=12), nullable=True),
    sa.Column('line_id', sa.Integer(), nullable=True),
    sa.Column('reverses_id', sa.Integer(), nullable=True),
    sa.Column('hold_id', sa.Integer(), nullable=True),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=True),
    sa.Column('resident_id', sa.Integer(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('effective_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("asset IN ('honour', 'points', 'minutes')", name=op.f('ck_transfers_asset')),
    sa.CheckConstraint('amount BETWEEN 1 AND 1000000', name=op.f('ck_transfers_amount')),
    sa.CheckConstraint('change = amount OR change = -amount', name=op.f('ck_transfers_change')),
    sa.CheckConstraint('debit_id <> credit_id', name=op.f('ck_transfers_two_accounts')),
    sa.ForeignKeyConstraint(['asset', 'credit_id'], ['accounts.asset', 'accounts.id'], name=op.f('fk_transfers_asset_credit_id')),
    sa.ForeignKeyConstraint(['asset', 'debit_id'], ['accounts.asset', 'accounts.id'], name=op.f('fk_transfers_asset_debit_id')),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_transfers_by_id')),
    sa.ForeignKeyConstraint(['community_id'], ['places.id'], name=op.f('fk_transfers_community_id')),
    sa.ForeignKeyConstraint(['hold_id'], ['holds.id'], name=op.f('fk_transfers_hold_id')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_transfers_household_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_transfers_resident_id')),
    sa.ForeignKeyConstraint(['reverses_id'], ['transfers.id'], name=op.f('fk_transfers_reverses_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfers')),
    sa.UniqueConstraint('because', 'asset', name=op.f('uq_transfers_because_asset')),
    sa.UniqueConstraint('hold_id', name=op.f('uq_transfers_hold_id')),
    sa.UniqueConstraint('reverses_id', name=op.f('uq_transfers_reverses_id'))
    )
    with op.batch_alter_table('transfers', schema=None) as batch_op:
        batch_op.create_index('ix_transfers_resident', ['resident_id', 'asset'], unique=False)
        batch_op.create_index('ix_transfers_standing', ['asset', 'effective_at', 'household_id'], unique=False)
        batch_op.create_index('ix_transfers_statement', ['household_id', 'asset', 'id'], unique=False)

    op.create_table('attendances',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('shift_id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('checked_in_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('checked_out_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('method', sa.String(length=8), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_by', sa.Integer(), nullable=True),
    sa.CheckConstraint("method IN ('code', 'roster')", name=op.f('ck_attendances_known_method')),
    sa.CheckConstraint('(minutes IS NULL) = (checked_out_at IS NULL)', name=op.f('ck_attendances_minutes_at_check_out')),
    sa.CheckConstraint('checked_out_at IS NULL OR checked_out_at >= checked_in_at', name=op.f('ck_attendances_out_after_in')),
    sa.CheckConstraint('confirmed_at IS NULL OR checked_out_at IS NOT NULL', name=op.f('ck_attendances_confirmed_after_out')),
    sa.CheckConstraint('confirmed_by IS NULL OR confirmed_by <> resident_id', name=op.f('ck_attendances_not_confirmed_by_oneself')),
    sa.CheckConstraint('minutes IS NULL OR minutes >= 0', name=op.f('ck_attendances_minutes_not_negative')),
    sa.ForeignKeyConstraint(['confirmed_by'], ['residents.id'], name=op.f('fk_attendances_confirmed_by')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_attendances_resident_id')),
    sa.ForeignKeyConstraint(['shift_id'], ['shifts.id'], name=op.f('fk_attendances_shift_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendances')),
    sa.UniqueConstraint('shift_id', 'resident_id', name=op.f('uq_attendances_shift_id_resident_id'))
    )
    with op.batch_alter_table('attendances', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attendances_resident_id'), ['resident_id'], unique=False)

    op.create_table('awards',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('because', sa.String(length=80), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('line_id', sa.Integer(), nullable=False),
    sa.Column('heading', sa.String(length=16), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('other_household_id', sa.Integer(), nullable=True),
    sa.Column('event', sa.String(length=80), nullable=True),
    sa.Column('honour', sa.Integer(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('served', sa.Integer(), nullable=False),
    sa.Column('cut_by', sa.String(length=12), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('effective_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('honour >= 0 AND points >= 0 AND minutes >= 0 AND served >= 0', name=op.f('ck_awards_amounts')),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_awards_by_id')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_awards_household_id')),
    sa.ForeignKeyConstraint(['line_id'], ['tariff_lines.id'], name=op.f('fk_awards_line_id')),
    sa.ForeignKeyConstraint(['other_household_id'], ['households.id'], name=op.f('fk_awards_other_household_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_awards_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_awards')),
    sa.UniqueConstraint('because', name=op.f('uq_awards_because'))
    )
    with op.batch_alter_table('awards', schema=None) as batch_op:
        batch_op.create_index('ix_awards_household', ['household_id', 'effective_at'], unique=False)
        batch_op.create_index('ix_awards_resident', ['resident_id', 'effective_at'], unique=False)

    op.create_table('ballots',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('roll_entry_id', sa.Integer(), nullable=False),
    sa.Column('choice', sa.String(length=24), nullable=False),
    sa.Column('receipt_hash', sa.String(length=64), nullable=False),
    sa.Column('cast_by', sa.Integer(), nullable=True),
    sa.Column('cast_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['cast_by'], ['residents.id'], name=op.f('fk_ballots_cast_by')),
    sa.ForeignKeyConstraint(['question_id', 'choice'], ['question_options.question_id', 'question_options.key'], name=op.f('fk_ballots_question_id_choice')),
    sa.ForeignKeyConstraint(['question_id'], ['questions.id'], name=op.f('fk_ballots_question_id')),
    sa.ForeignKeyConstraint(['roll_entry_id'], ['roll_entries.id'], name=op.f('fk_ballots_roll_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ballots')),
    sa.UniqueConstraint('question_id', 'cast_by', name=op.f('uq_ballots_question_id_cast_by')),
    sa.UniqueConstraint('question_id', 'receipt_hash', name=op.f('uq_ballots_question_id_receipt_hash')),
    sa.UniqueConstraint('roll_entry_id', name=op.f('uq_ballots_roll_entry_id'))
    )
    op.create_table('order_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_order_changes_by_id')),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_order_changes_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_changes')),
    sa.UniqueConstraint('order_id', 'state', name=op.f('uq_order_changes_order_id_state'))
    )
    op.create_table('sign_ups',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('shift_id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('signed_up_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('confirmed', 'cancelled', 'no-show')", name=op.f('ck_sign_ups_known_state')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_sign_ups_resident_id')),
    sa.ForeignKeyConstraint(['shift_id'], ['shifts.id'], name=op.f('fk_sign_ups_shift_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_ups')),
    sa.UniqueConstraint('shift_id', 'resident_id', name=op.f('uq_sign_ups_shift_id_resident_id'))
    )
    with op.batch_alter_table('sign_ups', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_ups_resident_id'), ['resident_id'], unique=False)

    op.create_table('stock_moves',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('quantity <> 0', name=op.f('ck_stock_moves_quantity')),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_stock_moves_by_id')),
    sa.ForeignKeyConstraint(['item_id'], ['reward_items.id'], name=op.f('fk_stock_moves_item_id')),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_stock_moves_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_moves')),
    sa.UniqueConstraint('order_id', name=op.f('uq_stock_moves_order_id'))
    )
    with op.batch_alter_table('stock_moves', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stock_moves_item_id'), ['item_id'], unique=False)

    op.create_table('topic_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('action', sa.String(length=16), nullable=False),
    sa.Column('from_state', sa.String(length=16), nullable=False),
    sa.Column('to_state', sa.String(length=16), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('as_staff', sa.Boolean(), nullable=False),
    sa.Column('why', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_topic_changes_by_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topics.id'], name=op.f('fk_topic_changes_topic_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_topic_changes'))
    )
    with op.batch_alter_table('topic_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_topic_changes_topic_id'), ['topic_id'], unique=False)

    op.create_table('topic_supports',
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_topic_supports_resident_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topics.id'], name=op.f('fk_topic_supports_topic_id')),
    sa.PrimaryKeyConstraint('topic_id', 'resident_id', name=op.f('pk_topic_supports'))
    )
    with op.batch_alter_table('topic_supports', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_topic_supports_resident_id'), ['resident_id'], unique=False)

    dialect = op.get_bind().dialect.name
    for table in ONLY_GROW:
        for statement in statements(table, dialect):
            op.execute(sa.text(statement))


def downgrade() -> None:
    with op.batch_alter_table('topic_supports', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_topic_supports_resident_id'))

    op.drop_table('topic_supports')
    with op.batch_alter_table('topic_changes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_topic_changes_topic_id'))

    op.drop_table('topic_changes')
    with op.batch_alter_table('stock_moves', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stock_moves_item_id'))

    op.drop_table('stock_moves')
    with op.batch_alter_table('sign_ups', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_ups_resident_id'))

    op.drop_table('sign_ups')
    op.drop_table('order_changes')
    op.drop_table('ballots')
    with op.batch_alter_table('awards', schema=None) as batch_op:
        batch_op.drop_index('ix_awards_resident')
        batch_op.drop_index('ix_awards_household')

    op.drop_table('awards')
    with op.batch_alter_table('attendances', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attendances_resident_id'))

    op.drop_table('attendances')
    with op.batch_alter_table('transfers', schema=None) as batch_op:
        batch_op.drop_index('ix_transfers_statement')
        batch_op.drop_index('ix_transfers_standing')
        batch_op.drop_index('ix_transfers_resident')

    op.drop_table('transfers')
    with op.batch_alter_table('topics', schema=None) as batch_op:
        batch_op.drop_index('ix_topics_state_opened_at')
        batch_op.drop_index(batch_op.f('ix_topics_proposer_id'))
        batch_op.drop_index(batch_op.f('ix_topics_place_path'))
        batch_op.drop_index(batch_op.f('ix_topics_place_id'))
        batch_op.drop_index('ix_topics_opened_at_id')
        batch_op.drop_index(batch_op.f('ix_topics_decided_at'))
        batch_op.drop_index(batch_op.f('ix_topics_community_id'))

    op.drop_table('topics')
    with op.batch_alter_table('tariff_lines', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tariff_lines_tariff_id'))
        batch_op.drop_index('ix_tariff_lines_code')

    op.drop_table('tariff_lines')
    with op.batch_alter_table('shifts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_shifts_starts_at'))
        batch_op.drop_index(batch_op.f('ix_shifts_ends_at'))
        batch_op.drop_index('ix_shifts_activity_id_starts_at')

    op.drop_table('shifts')
    with op.batch_alter_table('roll_entries', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_roll_entries_resident_id'))
        batch_op.drop_index(batch_op.f('ix_roll_entries_household_id'))

    op.drop_table('roll_entries')
    op.drop_table('question_options')
    with op.batch_alter_table('question_extensions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_question_extensions_question_id'))

    op.drop_table('question_extensions')
    with op.batch_alter_table('orders', schema=None) as batch_op:
        batch_op.drop_index('ix_orders_merchant_id_ended_at')
        batch_op.drop_index('ix_orders_item_id_state')
        batch_op.drop_index('ix_orders_household_id_id')

    op.drop_table('orders')
    with op.batch_alter_table('comment_supports', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_comment_supports_resident_id'))

    op.drop_table('comment_supports')
    with op.batch_alter_table('activity_changes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_activity_changes_activity_id'))

    op.drop_table('activity_changes')
    op.drop_table('tariffs')
    with op.batch_alter_table('sign_ins', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_ins_resident_id'))

    op.drop_table('sign_ins')
    with op.batch_alter_table('roles', schema=None) as batch_op:
        batch_op.drop_index('uq_roles_held', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_roles_place_id'))

    op.drop_table('roles')
    with op.batch_alter_table('reward_item_merchants', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reward_item_merchants_merchant_id'))

    op.drop_table('reward_item_merchants')
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_questions_subject'))
        batch_op.drop_index(batch_op.f('ix_questions_closes_at'))

    op.drop_table('questions')
    with op.batch_alter_table('merchant_clerks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_merchant_clerks_resident_id'))

    op.drop_table('merchant_clerks')
    op.drop_table('listings')
    with op.batch_alter_table('listing_changes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_listing_changes_household_id'))

    op.drop_table('listing_changes')
    with op.batch_alter_table('invitations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invitations_household_id'))

    op.drop_table('invitations')
    with op.batch_alter_table('holds', schema=None) as batch_op:
        batch_op.drop_index('ix_holds_live', sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'"))

    op.drop_table('holds')
    with op.batch_alter_table('comments', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_comments_parent_id'))
        batch_op.drop_index('ix_comments_author_id')

    op.drop_table('comments')
    with op.batch_alter_table('activities', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_activities_street_id'))
        batch_op.drop_index('ix_activities_state_ends_at')
        batch_op.drop_index(batch_op.f('ix_activities_place_id'))
        batch_op.drop_index(batch_op.f('ix_activities_organiser_id'))
        batch_op.drop_index(batch_op.f('ix_activities_kind'))
        batch_op.drop_index(batch_op.f('ix_activities_community_id'))

    op.drop_table('activities')
    with op.batch_alter_table('residents', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_residents_household_id'))
        batch_op.drop_index(batch_op.f('ix_residents_claimed_grid_id'))

    op.drop_table('residents')
    with op.batch_alter_table('merchants', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_merchants_place_id'))
        batch_op.drop_index(batch_op.f('ix_merchants_community_id'))

    op.drop_table('merchants')
    op.drop_table('topic_counts')
    with op.batch_alter_table('spots', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_spots_place_id'))

    op.drop_table('spots')
    with op.batch_alter_table('reward_items', schema=None) as batch_op:
        batch_op.drop_index('ix_reward_items_catalogue')

    op.drop_table('reward_items')
    with op.batch_alter_table('households', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_households_street_id'))
        batch_op.drop_index(batch_op.f('ix_households_grid_id'))
        batch_op.drop_index(batch_op.f('ix_households_community_id'))

    op.drop_table('households')
    op.drop_table('threads')
    op.drop_table('requests_done')
    with op.batch_alter_table('places', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_places_path'))
        batch_op.drop_index(batch_op.f('ix_places_parent_id'))

    op.drop_table('places')
    with op.batch_alter_table('failed_attempts', schema=None) as batch_op:
        batch_op.drop_index('ix_failed_attempts_key_at')

    op.drop_table('failed_attempts')
    with op.batch_alter_table('audit_entries', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_entries_subject'))
        batch_op.drop_index(batch_op.f('ix_audit_entries_place_id'))
        batch_op.drop_index(batch_op.f('ix_audit_entries_at'))
        batch_op.drop_index(batch_op.f('ix_audit_entries_actor_id'))

    op.drop_table('audit_entries')
    op.drop_table('accounts')
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text("DROP FUNCTION refuse_change()"))
