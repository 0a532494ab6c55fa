"""Every room has its door: agreements, disclosures, requests, and the lower rooms they stand on.

Tables that only grow are guarded as in the first migration. The index of the search is made by its own statements;
`flask tick` fills it when it finds it empty, so that what was there before can be found, too.
"""

import sqlalchemy as sa
from alembic import op

from app.kit.append_only import statements
from app.kit.search import tables as search


revision = '000000000002'
down_revision = '000000000001'
branch_labels = None
depends_on = None

ONLY_GROW = (
    "disclosure_answers",
    "disclosure_attachments",
    "disclosure_payments",
    "disclosure_questions",
    "disclosure_revisions",
    "disclosures",
    "finance_funds",
    "finance_lines",
    "meeting_conclusions",
    "meeting_minutes",
    "meeting_moves",
    "notice_lines",
    "notices",
    "objection_ends",
    "objections",
    "promise_notes",
    "promise_photos",
    "request_changes",
    "resolution_points",
    "signatures",
    "version_changes",
)


def upgrade() -> None:
    op.create_table('digest_days',
    sa.Column('day', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_digest_days'))
    )
    op.create_table('search_documents',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('ref', sa.Integer(), nullable=False),
    sa.Column('place_path', sa.String(length=120), nullable=False),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('text', sa.JSON(), nullable=False),
    sa.Column('href', sa.String(length=200), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_documents')),
    sa.UniqueConstraint('kind', 'ref', name=op.f('uq_search_documents_kind_ref'))
    )
    op.create_table('uploads',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('media_type', sa.String(length=80), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('size > 0', name=op.f('ck_uploads_size')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_uploads'))
    )
    with op.batch_alter_table('uploads', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_uploads_by_id'), ['by_id'], unique=False)

    op.create_table('agreements',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('place_path', sa.String(length=120), nullable=False),
    sa.Column('street_id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('preamble', sa.JSON(), nullable=False),
    sa.Column('last_lineage', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=24), nullable=True),
    sa.Column('source_id', sa.String(length=64), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['community_id'], ['places.id'], name=op.f('fk_agreements_community_id')),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_agreements_place_id')),
    sa.ForeignKeyConstraint(['street_id'], ['places.id'], name=op.f('fk_agreements_street_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreements')),
    sa.UniqueConstraint('source', 'source_id', name=op.f('uq_agreements_source_source_id'))
    )
    with op.batch_alter_table('agreements', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agreements_place_id'), ['place_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_agreements_place_path'), ['place_path'], unique=False)

    op.create_table('departments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('street_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=24), nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['street_id'], ['places.id'], name=op.f('fk_departments_street_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_departments')),
    sa.UniqueConstraint('street_id', 'key', name=op.f('uq_departments_street_id_key'))
    )
    op.create_table('disclosure_duties',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('place_path', sa.String(length=120), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=8), nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('basis', sa.JSON(), nullable=True),
    sa.Column('note', sa.JSON(), nullable=True),
    sa.Column('rhythm', sa.String(length=12), nullable=False),
    sa.Column('due_day', sa.Integer(), nullable=True),
    sa.Column('due_in', sa.String(length=8), nullable=True),
    sa.Column('working_days', sa.Integer(), nullable=True),
    sa.Column('fulfilled_by', sa.String(length=8), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.CheckConstraint("(rhythm = 'on_occasion') = (due_day IS NULL)", name=op.f('ck_disclosure_duties_due_day')),
    sa.CheckConstraint("(rhythm = 'on_occasion') = (working_days IS NOT NULL)", name=op.f('ck_disclosure_duties_working_days')),
    sa.CheckConstraint("fulfilled_by IN ('item', 'finances')", name=op.f('ck_disclosure_duties_fulfilled_by')),
    sa.CheckConstraint("rhythm IN ('monthly', 'quarterly', 'half_yearly', 'yearly', 'on_occasion')", name=op.f('ck_disclosure_duties_rhythm')),
    sa.CheckConstraint("subject IN ('party', 'village', 'finance')", name=op.f('ck_disclosure_duties_subject')),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_disclosure_duties_place_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disclosure_duties')),
    sa.UniqueConstraint('place_id', 'key', name=op.f('uq_disclosure_duties_place_id_key'))
    )
    with op.batch_alter_table('disclosure_duties', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_disclosure_duties_place_path'), ['place_path'], unique=False)

    op.create_table('guide_matters',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('street_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('window', sa.JSON(), nullable=False),
    sa.Column('papers', sa.JSON(), nullable=False),
    sa.Column('working_days', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['street_id'], ['places.id'], name=op.f('fk_guide_matters_street_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guide_matters')),
    sa.UniqueConstraint('street_id', 'key', name=op.f('uq_guide_matters_street_id_key'))
    )
    op.create_table('request_counts',
    sa.Column('street_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['street_id'], ['places.id'], name=op.f('fk_request_counts_street_id')),
    sa.PrimaryKeyConstraint('street_id', 'year', name=op.f('pk_request_counts'))
    )
    op.create_table('team_rosters',
    sa.Column('grid_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('night_days', sa.JSON(), nullable=False),
    sa.Column('night_from', sa.String(length=5), nullable=False),
    sa.Column('night_to', sa.String(length=5), nullable=False),
    sa.Column('meets_on', sa.Integer(), nullable=False),
    sa.Column('meets_at', sa.String(length=5), nullable=False),
    sa.ForeignKeyConstraint(['grid_id'], ['places.id'], name=op.f('fk_team_rosters_grid_id')),
    sa.PrimaryKeyConstraint('grid_id', name=op.f('pk_team_rosters'))
    )
    op.create_table('upload_contents',
    sa.Column('upload_id', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['upload_id'], ['uploads.id'], name=op.f('fk_upload_contents_upload_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('upload_id', name=op.f('pk_upload_contents'))
    )
    op.create_table('disclosures',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('place_path', sa.String(length=120), nullable=False),
    sa.Column('subject', sa.String(length=8), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('duty_id', sa.Integer(), nullable=True),
    sa.Column('period', sa.String(length=8), nullable=True),
    sa.Column('event_on', sa.Date(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('source_hash', sa.String(length=64), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind <> 'finances' OR period IS NOT NULL", name=op.f('ck_disclosures_period')),
    sa.CheckConstraint("kind IN ('item', 'finances', 'payments')", name=op.f('ck_disclosures_kind')),
    sa.CheckConstraint("subject IN ('party', 'village', 'finance')", name=op.f('ck_disclosures_subject')),
    sa.ForeignKeyConstraint(['duty_id'], ['disclosure_duties.id'], name=op.f('fk_disclosures_duty_id')),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_disclosures_place_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disclosures')),
    sa.UniqueConstraint('place_id', 'source_hash', name=op.f('uq_disclosures_place_id_source_hash'))
    )
    with op.batch_alter_table('disclosures', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_disclosures_duty_id'), ['duty_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_disclosures_place_id'), ['place_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_disclosures_place_path'), ['place_path'], unique=False)
        batch_op.create_index('ix_disclosures_published_at_id', ['published_at', 'id'], unique=False)
        batch_op.create_index('uq_disclosures_finances', ['place_id', 'period'], unique=True, sqlite_where=sa.text("kind = 'finances'"), postgresql_where=sa.text("kind = 'finances'"))

    op.create_table('address_claims',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_address_claims_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_address_claims'))
    )
    with op.batch_alter_table('address_claims', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_address_claims_address'), ['address'], unique=False)
        batch_op.create_index(batch_op.f('ix_address_claims_resident_id'), ['resident_id'], unique=False)

    op.create_table('agreement_editors',
    sa.Column('agreement_id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agreement_id'], ['agreements.id'], name=op.f('fk_agreement_editors_agreement_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_agreement_editors_resident_id')),
    sa.PrimaryKeyConstraint('agreement_id', 'resident_id', name=op.f('pk_agreement_editors'))
    )
    with op.batch_alter_table('agreement_editors', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agreement_editors_resident_id'), ['resident_id'], unique=False)

    op.create_table('disclosure_drafts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('disclosure_id', sa.Integer(), nullable=True),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('place_path', sa.String(length=120), nullable=False),
    sa.Column('subject', sa.String(length=8), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('duty_id', sa.Integer(), nullable=True),
    sa.Column('period', sa.String(length=8), nullable=True),
    sa.Column('event_on', sa.Date(), nullable=True),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('text', sa.JSON(), nullable=True),
    sa.Column('cells', sa.JSON(), nullable=True),
    sa.Column('finances', sa.JSON(), nullable=True),
    sa.Column('reason', sa.JSON(), nullable=True),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('why_back', sa.JSON(), nullable=True),
    sa.CheckConstraint("kind IN ('item', 'finances')", name=op.f('ck_disclosure_drafts_kind')),
    sa.CheckConstraint("state IN ('draft', 'awaiting')", name=op.f('ck_disclosure_drafts_state')),
    sa.CheckConstraint("subject IN ('party', 'village', 'finance')", name=op.f('ck_disclosure_drafts_subject')),
    sa.ForeignKeyConstraint(['author_id'], ['residents.id'], name=op.f('fk_disclosure_drafts_author_id')),
    sa.ForeignKeyConstraint(['disclosure_id'], ['disclosures.id'], name=op.f('fk_disclosure_drafts_disclosure_id')),
    sa.ForeignKeyConstraint(['duty_id'], ['disclosure_duties.id'], name=op.f('fk_disclosure_drafts_duty_id')),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_disclosure_drafts_place_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disclosure_drafts')),
    sa.UniqueConstraint('disclosure_id', name=op.f('uq_disclosure_drafts_disclosure_id'))
    )
    with op.batch_alter_table('disclosure_drafts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_disclosure_drafts_duty_id'), ['duty_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_disclosure_drafts_place_id'), ['place_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_disclosure_drafts_place_path'), ['place_path'], unique=False)

    op.create_table('disclosure_questions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('disclosure_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('line', sa.String(length=16), nullable=True),
    sa.Column('line_name', sa.JSON(), nullable=True),
    sa.Column('text', sa.JSON(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('follows_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_disclosure_questions_by_id')),
    sa.ForeignKeyConstraint(['disclosure_id'], ['disclosures.id'], name=op.f('fk_disclosure_questions_disclosure_id')),
    sa.ForeignKeyConstraint(['follows_id'], ['disclosure_questions.id'], name=op.f('fk_disclosure_questions_follows_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disclosure_questions')),
    sa.UniqueConstraint('follows_id', name=op.f('uq_disclosure_questions_follows_id'))
    )
    with op.batch_alter_table('disclosure_questions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_disclosure_questions_by_id'), ['by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_disclosure_questions_disclosure_id'), ['disclosure_id'], unique=False)
        batch_op.create_index('ix_disclosure_questions_due_at', ['due_at'], unique=False)

    op.create_table('disclosure_revisions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('disclosure_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('text', sa.JSON(), nullable=True),
    sa.Column('cells', sa.JSON(), nullable=True),
    sa.Column('reason', sa.JSON(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('countersigned_by', sa.Integer(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.CheckConstraint('countersigned_by IS NULL OR countersigned_by <> author_id', name=op.f('ck_disclosure_revisions_two_people')),
    sa.CheckConstraint('number = 1 OR reason IS NOT NULL', name=op.f('ck_disclosure_revisions_reason')),
    sa.ForeignKeyConstraint(['author_id'], ['residents.id'], name=op.f('fk_disclosure_revisions_author_id')),
    sa.ForeignKeyConstraint(['countersigned_by'], ['residents.id'], name=op.f('fk_disclosure_revisions_countersigned_by')),
    sa.ForeignKeyConstraint(['disclosure_id'], ['disclosures.id'], name=op.f('fk_disclosure_revisions_disclosure_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disclosure_revisions')),
    sa.UniqueConstraint('disclosure_id', 'number', name=op.f('uq_disclosure_revisions_disclosure_id_number'))
    )
    op.create_table('meetings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=True),
    sa.Column('href', sa.String(length=160), nullable=True),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('place_path', sa.String(length=120), nullable=False),
    sa.Column('venue', sa.JSON(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=True),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('called_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_why', sa.JSON(), nullable=True),
    sa.CheckConstraint("kind IN ('sitting', 'open_day', 'on_site')", name=op.f('ck_meetings_kind')),
    sa.CheckConstraint('(cancelled_at IS NULL) = (cancelled_why IS NULL)', name=op.f('ck_meetings_cancelled_with_reason')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_meetings_ends_after_start')),
    sa.CheckConstraint('taken >= 0 AND (capacity IS NULL OR taken <= capacity)', name=op.f('ck_meetings_taken_within_capacity')),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_meetings_by_id')),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_meetings_place_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meetings'))
    )
    with op.batch_alter_table('meetings', schema=None) as batch_op:
        batch_op.create_index('ix_meetings_kind_starts_at', ['kind', 'starts_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_meetings_place_id'), ['place_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_meetings_place_path'), ['place_path'], unique=False)
        batch_op.create_index(batch_op.f('ix_meetings_starts_at'), ['starts_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_meetings_subject'), ['subject'], unique=False)

    op.create_table('message_choices',
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('way', sa.String(length=8), nullable=False),
    sa.CheckConstraint("way IN ('now', 'digest', 'off')", name=op.f('ck_message_choices_way')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_message_choices_resident_id')),
    sa.PrimaryKeyConstraint('resident_id', 'kind', name=op.f('pk_message_choices'))
    )
    op.create_table('messages',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('href', sa.String(length=200), nullable=False),
    sa.Column('because', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('holds_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('mail', sa.String(length=8), nullable=False),
    sa.Column('digest_on', sa.Date(), nullable=True),
    sa.CheckConstraint("mail IN ('now', 'digest', 'off')", name=op.f('ck_messages_mail')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_messages_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages')),
    sa.UniqueConstraint('because', 'resident_id', name=op.f('uq_messages_because_resident_id'))
    )
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.create_index('ix_messages_digest_on', ['resident_id', 'digest_on'], unique=False)
        batch_op.create_index('ix_messages_for_digest', ['at'], unique=False, sqlite_where=sa.text("mail = 'digest' AND digest_on IS NULL"), postgresql_where=sa.text("mail = 'digest' AND digest_on IS NULL"))
        batch_op.create_index('ix_messages_holds_until', ['holds_until'], unique=False, sqlite_where=sa.text('holds_until IS NOT NULL'), postgresql_where=sa.text('holds_until IS NOT NULL'))
        batch_op.create_index('ix_messages_resident_id_at_id', ['resident_id', 'at', 'id'], unique=False)
        batch_op.create_index('ix_messages_unread', ['resident_id'], unique=False, sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))

    op.create_table('notices',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('place_path', sa.String(length=120), nullable=False),
    sa.Column('href', sa.String(length=160), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('working', sa.Boolean(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('put_up_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('starts_at < ends_at AND days > 0', name=op.f('ck_notices_period')),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_notices_by_id')),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_notices_place_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('subject', name=op.f('uq_notices_subject'))
    )
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notices_ends_at'), ['ends_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_notices_place_id'), ['place_id'], unique=False)
        batch_op.create_index('ix_notices_place_path_ends_at', ['place_path', 'ends_at'], unique=False)

    op.create_table('promises',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('what', sa.JSON(), nullable=False),
    sa.Column('owner', sa.JSON(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('place_path', sa.String(length=120), nullable=False),
    sa.Column('href', sa.String(length=160), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(ended_at IS NULL) = (state IN ('open', 'under_way'))", name=op.f('ck_promises_ended')),
    sa.CheckConstraint("percent BETWEEN 0 AND 100 AND (state <> 'done' OR percent = 100)", name=op.f('ck_promises_percent')),
    sa.CheckConstraint("state IN ('open', 'under_way', 'done', 'dropped')", name=op.f('ck_promises_state')),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_promises_by_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['residents.id'], name=op.f('fk_promises_owner_id')),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_promises_place_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promises'))
    )
    with op.batch_alter_table('promises', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_promises_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_promises_place_id'), ['place_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_promises_place_path'), ['place_path'], unique=False)
        batch_op.create_index('ix_promises_state_due_on', ['state', 'due_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_promises_subject'), ['subject'], unique=False)

    op.create_table('requests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=16), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('place_path', sa.String(length=120), nullable=False),
    sa.Column('street_id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=True),
    sa.Column('grid_id', sa.Integer(), nullable=True),
    sa.Column('category', sa.String(length=16), nullable=False),
    sa.Column('intake', sa.String(length=12), nullable=False),
    sa.Column('is_public', sa.Boolean(), nullable=False),
    sa.Column('on_behalf', sa.Boolean(), nullable=False),
    sa.Column('name_kept', sa.Boolean(), nullable=False),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('text', sa.JSON(), nullable=False),
    sa.Column('spot', sa.JSON(), nullable=True),
    sa.Column('contact', sa.String(length=80), nullable=False),
    sa.Column('reporter_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('level', sa.String(length=12), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('handler_id', sa.Integer(), nullable=True),
    sa.Column('department_id', sa.Integer(), nullable=True),
    sa.Column('reply_due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state_since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('level_since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('promised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_grid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_community_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_street_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_by', sa.Integer(), nullable=True),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('minutes_taken', sa.Integer(), nullable=True),
    sa.Column('outcome', sa.String(length=12), nullable=True),
    sa.Column('answer', sa.JSON(), nullable=True),
    sa.Column('verdict', sa.String(length=12), nullable=True),
    sa.Column('stars', sa.Integer(), nullable=True),
    sa.Column('comment', sa.JSON(), nullable=True),
    sa.Column('reopened', sa.Integer(), nullable=False),
    sa.Column('linked_to', sa.Integer(), nullable=True),
    sa.Column('source', sa.String(length=24), nullable=True),
    sa.Column('source_id', sa.String(length=64), nullable=True),
    sa.Column('origin', sa.JSON(), nullable=True),
    sa.CheckConstraint("intake IN ('resident', 'visit', 'collected')", name=op.f('ck_requests_intake')),
    sa.CheckConstraint("level IN ('grid', 'community', 'street')", name=op.f('ck_requests_level')),
    sa.CheckConstraint("outcome IN ('solved', 'partly', 'not_solved', 'explained')", name=op.f('ck_requests_outcome')),
    sa.CheckConstraint("state IN ('received', 'assigned', 'handling', 'resolved', 'rated', 'closed', 'reopened', 'linked')", name=op.f('ck_requests_state')),
    sa.CheckConstraint("state NOT IN ('assigned', 'handling') OR handler_id IS NOT NULL OR source IS NOT NULL", name=op.f('ck_requests_in_charge')),
    sa.CheckConstraint("verdict IN ('solved', 'partly', 'not_solved')", name=op.f('ck_requests_verdict')),
    sa.CheckConstraint('(verdict IS NULL) = (stars IS NULL)', name=op.f('ck_requests_rating')),
    sa.CheckConstraint('stars BETWEEN 1 AND 5', name=op.f('ck_requests_stars')),
    sa.ForeignKeyConstraint(['community_id'], ['places.id'], name=op.f('fk_requests_community_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_requests_department_id')),
    sa.ForeignKeyConstraint(['grid_id'], ['places.id'], name=op.f('fk_requests_grid_id')),
    sa.ForeignKeyConstraint(['handler_id'], ['residents.id'], name=op.f('fk_requests_handler_id')),
    sa.ForeignKeyConstraint(['linked_to'], ['requests.id'], name=op.f('fk_requests_linked_to')),
    sa.ForeignKeyConstraint(['place_id'], ['places.id'], name=op.f('fk_requests_place_id')),
    sa.ForeignKeyConstraint(['reporter_id'], ['residents.id'], name=op.f('fk_requests_reporter_id')),
    sa.ForeignKeyConstraint(['resolved_by'], ['residents.id'], name=op.f('fk_requests_resolved_by')),
    sa.ForeignKeyConstraint(['street_id'], ['places.id'], name=op.f('fk_requests_street_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_requests')),
    sa.UniqueConstraint('source', 'source_id', name=op.f('uq_requests_source_source_id')),
    sa.UniqueConstraint('street_id', 'number', name=op.f('uq_requests_street_id_number'))
    )
    with op.batch_alter_table('requests', schema=None) as batch_op:
        batch_op.create_index('ix_requests_category_received_at_id', ['category', 'received_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_requests_closes_at'), ['closes_at'], unique=False)
        batch_op.create_index('ix_requests_community_id_category_received_at_id', ['community_id', 'category', 'received_at', 'id'], unique=False)
        batch_op.create_index('ix_requests_community_id_received_at_id', ['community_id', 'received_at', 'id'], unique=False)
        batch_op.create_index('ix_requests_grid_id_received_at_id', ['grid_id', 'received_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_requests_handler_id'), ['handler_id'], unique=False)
        batch_op.create_index('ix_requests_linked', ['received_at', 'id'], unique=False, sqlite_where=sa.text("state = 'linked'"), postgresql_where=sa.text("state = 'linked'"))
        batch_op.create_index(batch_op.f('ix_requests_linked_to'), ['linked_to'], unique=False)
        batch_op.create_index(batch_op.f('ix_requests_place_id'), ['place_id'], unique=False)
        batch_op.create_index('ix_requests_received_at_id', ['received_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_requests_reporter_id'), ['reporter_id'], unique=False)
        batch_op.create_index('ix_requests_unfinished', ['received_at', 'id'], unique=False, sqlite_where=sa.text("state NOT IN ('closed', 'linked')"), postgresql_where=sa.text("state NOT IN ('closed', 'linked')"))

    op.create_table('team_members',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('grid_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=24), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('role', sa.JSON(), nullable=False),
    sa.Column('duty', sa.JSON(), nullable=False),
    sa.Column('reach', sa.JSON(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=True),
    sa.Column('stand_in', sa.JSON(), nullable=True),
    sa.Column('stand_in_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['grid_id'], ['places.id'], name=op.f('fk_team_members_grid_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_team_members_resident_id')),
    sa.ForeignKeyConstraint(['stand_in_id'], ['residents.id'], name=op.f('fk_team_members_stand_in_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team_members')),
    sa.UniqueConstraint('grid_id', 'key', name=op.f('uq_team_members_grid_id_key'))
    )
    op.create_table('agreement_versions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agreement_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('stage', sa.String(length=12), nullable=False),
    sa.Column('repeals', sa.Boolean(), nullable=False),
    sa.Column('note', sa.JSON(), nullable=True),
    sa.Column('consulting_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('thread_id', sa.Integer(), nullable=True),
    sa.Column('question_id', sa.Integer(), nullable=True),
    sa.Column('effective_from', sa.Date(), nullable=True),
    sa.Column('outcome', sa.String(length=16), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('stage_since', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("outcome IN ('carried', 'not_carried', 'no_quorum')", name=op.f('ck_agreement_versions_outcome')),
    sa.CheckConstraint("stage IN ('drafting', 'consulting', 'adopting', 'adopted', 'dropped')", name=op.f('ck_agreement_versions_stage')),
    sa.CheckConstraint("stage NOT IN ('adopting', 'adopted') OR (question_id IS NOT NULL AND effective_from IS NOT NULL)", name=op.f('ck_agreement_versions_ballot')),
    sa.ForeignKeyConstraint(['agreement_id'], ['agreements.id'], name=op.f('fk_agreement_versions_agreement_id')),
    sa.ForeignKeyConstraint(['question_id'], ['questions.id'], name=op.f('fk_agreement_versions_question_id')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_agreement_versions_thread_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement_versions')),
    sa.UniqueConstraint('agreement_id', 'number', name=op.f('uq_agreement_versions_agreement_id_number')),
    sa.UniqueConstraint('question_id', name=op.f('uq_agreement_versions_question_id')),
    sa.UniqueConstraint('thread_id', name=op.f('uq_agreement_versions_thread_id'))
    )
    with op.batch_alter_table('agreement_versions', schema=None) as batch_op:
        batch_op.create_index('ix_agreement_versions_stage', ['stage', 'agreement_id'], unique=False)
        batch_op.create_index('uq_agreement_versions_effective_from', ['agreement_id', 'effective_from'], unique=True, sqlite_where=sa.text("stage IN ('adopting', 'adopted')"), postgresql_where=sa.text("stage IN ('adopting', 'adopted')"))
        batch_op.create_index('uq_agreement_versions_under_way', ['agreement_id'], unique=True, sqlite_where=sa.text("stage IN ('drafting', 'consulting', 'adopting')"), postgresql_where=sa.text("stage IN ('drafting', 'consulting', 'adopting')"))

    op.create_table('disclosure_answers',
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.JSON(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_disclosure_answers_by_id')),
    sa.ForeignKeyConstraint(['question_id'], ['disclosure_questions.id'], name=op.f('fk_disclosure_answers_question_id')),
    sa.PrimaryKeyConstraint('question_id', name=op.f('pk_disclosure_answers'))
    )
    op.create_table('disclosure_attachments',
    sa.Column('revision_id', sa.Integer(), nullable=False),
    sa.Column('upload_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['revision_id'], ['disclosure_revisions.id'], name=op.f('fk_disclosure_attachments_revision_id')),
    sa.ForeignKeyConstraint(['upload_id'], ['uploads.id'], name=op.f('fk_disclosure_attachments_upload_id')),
    sa.PrimaryKeyConstraint('revision_id', 'upload_id', name=op.f('pk_disclosure_attachments'))
    )
    op.create_table('disclosure_draft_attachments',
    sa.Column('draft_id', sa.Integer(), nullable=False),
    sa.Column('upload_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['disclosure_drafts.id'], name=op.f('fk_disclosure_draft_attachments_draft_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['upload_id'], ['uploads.id'], name=op.f('fk_disclosure_draft_attachments_upload_id')),
    sa.PrimaryKeyConstraint('draft_id', 'upload_id', name=op.f('pk_disclosure_draft_attachments'))
    )
    op.create_table('disclosure_draft_writers',
    sa.Column('draft_id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['disclosure_drafts.id'], name=op.f('fk_disclosure_draft_writers_draft_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_disclosure_draft_writers_resident_id')),
    sa.PrimaryKeyConstraint('draft_id', 'resident_id', name=op.f('pk_disclosure_draft_writers'))
    )
    with op.batch_alter_table('disclosure_draft_writers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_disclosure_draft_writers_resident_id'), ['resident_id'], unique=False)

    op.create_table('disclosure_payments',
    sa.Column('revision_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('payee', sa.String(length=200), nullable=False),
    sa.Column('unit', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['revision_id'], ['disclosure_revisions.id'], name=op.f('fk_disclosure_payments_revision_id')),
    sa.PrimaryKeyConstraint('revision_id', 'position', name=op.f('pk_disclosure_payments'))
    )
    op.create_table('finance_funds',
    sa.Column('revision_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('opening', sa.BigInteger(), nullable=False),
    sa.Column('income', sa.BigInteger(), nullable=False),
    sa.Column('expenditure', sa.BigInteger(), nullable=False),
    sa.Column('closing', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('opening + income - expenditure = closing', name=op.f('ck_finance_funds_adds_up')),
    sa.ForeignKeyConstraint(['revision_id'], ['disclosure_revisions.id'], name=op.f('fk_finance_funds_revision_id')),
    sa.PrimaryKeyConstraint('revision_id', 'position', name=op.f('pk_finance_funds'))
    )
    op.create_table('mails',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('digest_on', sa.Date(), nullable=True),
    sa.Column('claim_id', sa.Integer(), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.String(length=120), nullable=False),
    sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f('ck_mails_sent')),
    sa.CheckConstraint("state IN ('waiting', 'sent', 'failed', 'dropped')", name=op.f('ck_mails_state')),
    sa.ForeignKeyConstraint(['claim_id'], ['address_claims.id'], name=op.f('fk_mails_claim_id')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_mails_message_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_mails_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mails')),
    sa.UniqueConstraint('claim_id', name=op.f('uq_mails_claim_id')),
    sa.UniqueConstraint('message_id', name=op.f('uq_mails_message_id')),
    sa.UniqueConstraint('resident_id', 'digest_on', name=op.f('uq_mails_resident_id_digest_on'))
    )
    with op.batch_alter_table('mails', schema=None) as batch_op:
        batch_op.create_index('ix_mails_state_next_try_at', ['state', 'next_try_at'], unique=False)

    op.create_table('meeting_agenda',
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('text', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['meeting_id'], ['meetings.id'], name=op.f('fk_meeting_agenda_meeting_id')),
    sa.PrimaryKeyConstraint('meeting_id', 'number', name=op.f('pk_meeting_agenda'))
    )
    op.create_table('meeting_minutes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('text', sa.JSON(), nullable=False),
    sa.Column('corrects', sa.JSON(), nullable=True),
    sa.Column('upload_id', sa.Integer(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('number >= 1 AND (number = 1) = (corrects IS NULL)', name=op.f('ck_meeting_minutes_corrects')),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_meeting_minutes_by_id')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meetings.id'], name=op.f('fk_meeting_minutes_meeting_id')),
    sa.ForeignKeyConstraint(['upload_id'], ['uploads.id'], name=op.f('fk_meeting_minutes_upload_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_minutes')),
    sa.UniqueConstraint('meeting_id', 'number', name=op.f('uq_meeting_minutes_meeting_id_number'))
    )
    with op.batch_alter_table('meeting_minutes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_minutes_meeting_id'), ['meeting_id'], unique=False)

    op.create_table('meeting_moves',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('from_starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('to_starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('why', sa.JSON(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_meeting_moves_by_id')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meetings.id'], name=op.f('fk_meeting_moves_meeting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_moves'))
    )
    with op.batch_alter_table('meeting_moves', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_moves_meeting_id'), ['meeting_id'], unique=False)

    op.create_table('meeting_presences',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=True),
    sa.Column('guest', sa.String(length=80), nullable=False),
    sa.Column('part', sa.String(length=16), nullable=False),
    sa.Column('marked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(resident_id IS NULL) = (guest <> '')", name=op.f('ck_meeting_presences_resident_or_guest')),
    sa.CheckConstraint("part IN ('resident', 'representative', 'cadre', 'property', 'congress', 'expert', 'other')", name=op.f('ck_meeting_presences_part')),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_meeting_presences_by_id')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meetings.id'], name=op.f('fk_meeting_presences_meeting_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_meeting_presences_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_presences')),
    sa.UniqueConstraint('meeting_id', 'resident_id', name=op.f('uq_meeting_presences_meeting_id_resident_id'))
    )
    with op.batch_alter_table('meeting_presences', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_presences_meeting_id'), ['meeting_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_meeting_presences_resident_id'), ['resident_id'], unique=False)

    op.create_table('meeting_sign_ups',
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('question', sa.JSON(), nullable=True),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['meeting_id'], ['meetings.id'], name=op.f('fk_meeting_sign_ups_meeting_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_meeting_sign_ups_resident_id')),
    sa.PrimaryKeyConstraint('meeting_id', 'resident_id', name=op.f('pk_meeting_sign_ups'))
    )
    with op.batch_alter_table('meeting_sign_ups', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_sign_ups_resident_id'), ['resident_id'], unique=False)

    op.create_table('notice_lines',
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('text', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['notice_id'], ['notices.id'], name=op.f('fk_notice_lines_notice_id')),
    sa.PrimaryKeyConstraint('notice_id', 'key', name=op.f('pk_notice_lines')),
    sa.UniqueConstraint('notice_id', 'number', name=op.f('uq_notice_lines_notice_id_number'))
    )
    op.create_table('promise_notes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('promise_id', sa.Integer(), nullable=False),
    sa.Column('act', sa.String(length=8), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('text', sa.JSON(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("act <> 'drop' OR text IS NOT NULL", name=op.f('ck_promise_notes_reason')),
    sa.CheckConstraint("act IN ('make', 'report', 'finish', 'drop')", name=op.f('ck_promise_notes_act')),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_promise_notes_by_id')),
    sa.ForeignKeyConstraint(['promise_id'], ['promises.id'], name=op.f('fk_promise_notes_promise_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promise_notes'))
    )
    with op.batch_alter_table('promise_notes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_promise_notes_promise_id'), ['promise_id'], unique=False)

    op.create_table('request_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('action', sa.String(length=12), nullable=False),
    sa.Column('from_state', sa.String(length=12), nullable=False),
    sa.Column('to_state', sa.String(length=12), nullable=False),
    sa.Column('from_level', sa.String(length=12), nullable=False),
    sa.Column('to_level', sa.String(length=12), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('capacity', sa.String(length=12), nullable=False),
    sa.Column('why', sa.JSON(), nullable=True),
    sa.Column('department_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_request_changes_by_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_request_changes_department_id')),
    sa.ForeignKeyConstraint(['request_id'], ['requests.id'], name=op.f('fk_request_changes_request_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_request_changes')),
    sa.UniqueConstraint('request_id', 'number', name=op.f('uq_request_changes_request_id_number'))
    )
    op.create_table('request_followers',
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['requests.id'], name=op.f('fk_request_followers_request_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_request_followers_resident_id')),
    sa.PrimaryKeyConstraint('request_id', 'resident_id', name=op.f('pk_request_followers'))
    )
    with op.batch_alter_table('request_followers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_request_followers_resident_id'), ['resident_id'], unique=False)

    op.create_table('request_photos',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('upload_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['requests.id'], name=op.f('fk_request_photos_request_id')),
    sa.ForeignKeyConstraint(['upload_id'], ['uploads.id'], name=op.f('fk_request_photos_upload_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_request_photos'))
    )
    with op.batch_alter_table('request_photos', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_request_photos_request_id'), ['request_id'], unique=False)

    op.create_table('agreement_articles',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('lineage', sa.Integer(), nullable=False),
    sa.Column('text', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['agreement_versions.id'], name=op.f('fk_agreement_articles_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement_articles')),
    sa.UniqueConstraint('version_id', 'lineage', name=op.f('uq_agreement_articles_version_id_lineage')),
    sa.UniqueConstraint('version_id', 'number', name=op.f('uq_agreement_articles_version_id_number'))
    )
    op.create_table('finance_lines',
    sa.Column('revision_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('fund', sa.Integer(), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=True),
    sa.Column('account', sa.JSON(), nullable=True),
    sa.Column('text', sa.JSON(), nullable=False),
    sa.Column('income', sa.BigInteger(), nullable=False),
    sa.Column('expenditure', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['revision_id', 'fund'], ['finance_funds.revision_id', 'finance_funds.position'], name=op.f('fk_finance_lines_revision_id_fund')),
    sa.PrimaryKeyConstraint('revision_id', 'position', name=op.f('pk_finance_lines'))
    )
    op.create_table('meeting_conclusions',
    sa.Column('minutes_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('text', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['minutes_id'], ['meeting_minutes.id'], name=op.f('fk_meeting_conclusions_minutes_id')),
    sa.PrimaryKeyConstraint('minutes_id', 'number', name=op.f('pk_meeting_conclusions'))
    )
    op.create_table('objections',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('line_key', sa.String(length=32), nullable=False),
    sa.Column('text', sa.JSON(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('filed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_objections_by_id')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_objections_household_id')),
    sa.ForeignKeyConstraint(['notice_id', 'line_key'], ['notice_lines.notice_id', 'notice_lines.key'], name=op.f('fk_objections_notice_id_line_key')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objections')),
    sa.UniqueConstraint('notice_id', 'line_key', 'by_id', name=op.f('uq_objections_notice_id_line_key_by_id')),
    sa.UniqueConstraint('notice_id', 'line_key', 'household_id', name=op.f('uq_objections_notice_id_line_key_household_id'))
    )
    with op.batch_alter_table('objections', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_objections_by_id'), ['by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_objections_household_id'), ['household_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_objections_notice_id'), ['notice_id'], unique=False)

    op.create_table('promise_photos',
    sa.Column('note_id', sa.Integer(), nullable=False),
    sa.Column('upload_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['note_id'], ['promise_notes.id'], name=op.f('fk_promise_photos_note_id')),
    sa.ForeignKeyConstraint(['upload_id'], ['uploads.id'], name=op.f('fk_promise_photos_upload_id')),
    sa.PrimaryKeyConstraint('note_id', 'upload_id', name=op.f('pk_promise_photos'))
    )
    op.create_table('resolution_points',
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('text', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['topic_id'], ['topics.id'], name=op.f('fk_resolution_points_topic_id')),
    sa.PrimaryKeyConstraint('topic_id', 'number', name=op.f('pk_resolution_points'))
    )
    op.create_table('signatures',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.Integer(), nullable=False),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_signatures_household_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_signatures_resident_id')),
    sa.ForeignKeyConstraint(['version_id'], ['agreement_versions.id'], name=op.f('fk_signatures_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signatures')),
    sa.UniqueConstraint('version_id', 'household_id', name=op.f('uq_signatures_version_id_household_id'))
    )
    with op.batch_alter_table('signatures', schema=None) as batch_op:
        batch_op.create_index('ix_signatures_household', ['household_id'], unique=False)

    op.create_table('version_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('action', sa.String(length=16), nullable=False),
    sa.Column('to_stage', sa.String(length=12), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('as_staff', sa.Boolean(), nullable=False),
    sa.Column('why', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_version_changes_by_id')),
    sa.ForeignKeyConstraint(['version_id'], ['agreement_versions.id'], name=op.f('fk_version_changes_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_version_changes'))
    )
    with op.batch_alter_table('version_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_version_changes_version_id'), ['version_id'], unique=False)

    op.create_table('article_rules',
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('behaviour', sa.JSON(), nullable=False),
    sa.Column('line', sa.JSON(none_as_null=True), nullable=True),
    sa.ForeignKeyConstraint(['article_id'], ['agreement_articles.id'], name=op.f('fk_article_rules_article_id')),
    sa.PrimaryKeyConstraint('article_id', 'code', name=op.f('pk_article_rules'))
    )
    op.create_table('objection_ends',
    sa.Column('objection_id', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(length=12), nullable=False),
    sa.Column('text', sa.JSON(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("outcome = 'withdrawn' OR text IS NOT NULL", name=op.f('ck_objection_ends_answered')),
    sa.CheckConstraint("outcome IN ('upheld', 'not_upheld', 'withdrawn')", name=op.f('ck_objection_ends_outcome')),
    sa.ForeignKeyConstraint(['by_id'], ['residents.id'], name=op.f('fk_objection_ends_by_id')),
    sa.ForeignKeyConstraint(['objection_id'], ['objections.id'], name=op.f('fk_objection_ends_objection_id')),
    sa.PrimaryKeyConstraint('objection_id', name=op.f('pk_objection_ends'))
    )
    with op.batch_alter_table('residents', schema=None) as batch_op:
        batch_op.add_column(sa.Column('email', sa.String(length=254), nullable=True))
        batch_op.add_column(sa.Column('email_confirmed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(batch_op.f('ck_residents_email'), 'email IS NOT NULL OR email_confirmed_at IS NULL')

    with op.batch_alter_table('tariff_lines', schema=None) as batch_op:
        batch_op.add_column(sa.Column('set_by', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('clause', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('href', sa.String(length=120), nullable=True))
        batch_op.alter_column('tariff_id',
               existing_type=sa.INTEGER(),
               nullable=True)
        batch_op.drop_constraint(batch_op.f('uq_tariff_lines_place_id_code_version'), type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_tariff_lines_set_by_version_code'), ['set_by', 'version', 'code'])
        batch_op.create_unique_constraint(batch_op.f('uq_tariff_lines_tariff_id_code'), ['tariff_id', 'code'])
        batch_op.create_check_constraint(batch_op.f('ck_tariff_lines_origin'), '(tariff_id IS NULL) <> (set_by IS NULL)')

    with op.batch_alter_table('transfers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_transfers_resident'))
        batch_op.create_index('ix_transfers_resident', ['resident_id', 'asset', 'effective_at', 'change'], unique=False)
        batch_op.drop_index(batch_op.f('ix_transfers_standing'))
        batch_op.create_index('ix_transfers_standing', ['asset', 'effective_at', 'household_id', 'change'], unique=False)
        batch_op.drop_index(batch_op.f('ix_transfers_statement'))
        batch_op.create_index('ix_transfers_statement', ['household_id', 'asset', 'effective_at', 'change'], unique=False)

    dialect = op.get_bind().dialect.name
    for statement in search.statements(dialect):
        op.execute(sa.text(statement.replace(':', '\\:')))
    for table in ONLY_GROW:
        for statement in statements(table, dialect):
            op.execute(sa.text(statement))


def downgrade() -> None:
    with op.batch_alter_table('transfers', schema=None) as batch_op:
        batch_op.drop_index('ix_transfers_statement')
        batch_op.create_index(batch_op.f('ix_transfers_statement'), ['household_id', 'asset', 'id'], unique=False)
        batch_op.drop_index('ix_transfers_standing')
        batch_op.create_index(batch_op.f('ix_transfers_standing'), ['asset', 'effective_at', 'household_id'], unique=False)
        batch_op.drop_index('ix_transfers_resident')
        batch_op.create_index(batch_op.f('ix_transfers_resident'), ['resident_id', 'asset'], unique=False)

    for statement in search.undoing(op.get_bind().dialect.name):
        op.execute(sa.text(statement))
    # Before, every line stood in a tariff: those of agreements join the newest one of their place. Awards point to them.
    with op.batch_alter_table('tariff_lines', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_tariff_lines_origin'), type_='check')
        batch_op.drop_constraint(batch_op.f('uq_tariff_lines_tariff_id_code'), type_='unique')
    op.execute(sa.text(
        "UPDATE tariff_lines SET version = 1000 + id, tariff_id = (SELECT t.id FROM tariffs t"
        " WHERE t.place_id = tariff_lines.place_id ORDER BY t.version DESC LIMIT 1) WHERE tariff_id IS NULL"
    ))
    with op.batch_alter_table('tariff_lines', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_tariff_lines_set_by_version_code'), type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_tariff_lines_place_id_code_version'), ['place_id', 'code', 'version'])
        batch_op.alter_column('tariff_id',
               existing_type=sa.INTEGER(),
               nullable=False)
        batch_op.drop_column('href')
        batch_op.drop_column('clause')
        batch_op.drop_column('set_by')

    with op.batch_alter_table('residents', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_residents_email'), type_='check')
        batch_op.drop_column('email_confirmed_at')
        batch_op.drop_column('email')

    op.drop_table('objection_ends')
    op.drop_table('article_rules')
    with op.batch_alter_table('version_changes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_version_changes_version_id'))

    op.drop_table('version_changes')
    with op.batch_alter_table('signatures', schema=None) as batch_op:
        batch_op.drop_index('ix_signatures_household')

    op.drop_table('signatures')
    op.drop_table('resolution_points')
    op.drop_table('promise_photos')
    with op.batch_alter_table('objections', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_objections_notice_id'))
        batch_op.drop_index(batch_op.f('ix_objections_household_id'))
        batch_op.drop_index(batch_op.f('ix_objections_by_id'))

    op.drop_table('objections')
    op.drop_table('meeting_conclusions')
    op.drop_table('finance_lines')
    op.drop_table('agreement_articles')
    with op.batch_alter_table('request_photos', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_request_photos_request_id'))

    op.drop_table('request_photos')
    with op.batch_alter_table('request_followers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_request_followers_resident_id'))

    op.drop_table('request_followers')
    op.drop_table('request_changes')
    with op.batch_alter_table('promise_notes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_promise_notes_promise_id'))

    op.drop_table('promise_notes')
    op.drop_table('notice_lines')
    with op.batch_alter_table('meeting_sign_ups', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_meeting_sign_ups_resident_id'))

    op.drop_table('meeting_sign_ups')
    with op.batch_alter_table('meeting_presences', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_meeting_presences_resident_id'))
        batch_op.drop_index(batch_op.f('ix_meeting_presences_meeting_id'))

    op.drop_table('meeting_presences')
    with op.batch_alter_table('meeting_moves', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_meeting_moves_meeting_id'))

    op.drop_table('meeting_moves')
    with op.batch_alter_table('meeting_minutes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_meeting_minutes_meeting_id'))

    op.drop_table('meeting_minutes')
    op.drop_table('meeting_agenda')
    with op.batch_alter_table('mails', schema=None) as batch_op:
        batch_op.drop_index('ix_mails_state_next_try_at')

    op.drop_table('mails')
    op.drop_table('finance_funds')
    op.drop_table('disclosure_payments')
    with op.batch_alter_table('disclosure_draft_writers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_disclosure_draft_writers_resident_id'))

    op.drop_table('disclosure_draft_writers')
    op.drop_table('disclosure_draft_attachments')
    op.drop_table('disclosure_attachments')
    op.drop_table('disclosure_answers')
    with op.batch_alter_table('agreement_versions', schema=None) as batch_op:
        batch_op.drop_index('uq_agreement_versions_under_way', sqlite_where=sa.text("stage IN ('drafting', 'consulting', 'adopting')"), postgresql_where=sa.text("stage IN ('drafting', 'consulting', 'adopting')"))
        batch_op.drop_index('uq_agreement_versions_effective_from', sqlite_where=sa.text("stage IN ('adopting', 'adopted')"), postgresql_where=sa.text("stage IN ('adopting', 'adopted')"))
        batch_op.drop_index('ix_agreement_versions_stage')

    op.drop_table('agreement_versions')
    op.drop_table('team_members')
    with op.batch_alter_table('requests', schema=None) as batch_op:
        batch_op.drop_index('ix_requests_unfinished', sqlite_where=sa.text("state NOT IN ('closed', 'linked')"), postgresql_where=sa.text("state NOT IN ('closed', 'linked')"))
        batch_op.drop_index(batch_op.f('ix_requests_reporter_id'))
        batch_op.drop_index('ix_requests_received_at_id')
        batch_op.drop_index(batch_op.f('ix_requests_place_id'))
        batch_op.drop_index(batch_op.f('ix_requests_linked_to'))
        batch_op.drop_index('ix_requests_linked', sqlite_where=sa.text("state = 'linked'"), postgresql_where=sa.text("state = 'linked'"))
        batch_op.drop_index(batch_op.f('ix_requests_handler_id'))
        batch_op.drop_index('ix_requests_grid_id_received_at_id')
        batch_op.drop_index('ix_requests_community_id_received_at_id')
        batch_op.drop_index('ix_requests_community_id_category_received_at_id')
        batch_op.drop_index(batch_op.f('ix_requests_closes_at'))
        batch_op.drop_index('ix_requests_category_received_at_id')

    op.drop_table('requests')
    with op.batch_alter_table('promises', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_promises_subject'))
        batch_op.drop_index('ix_promises_state_due_on')
        batch_op.drop_index(batch_op.f('ix_promises_place_path'))
        batch_op.drop_index(batch_op.f('ix_promises_place_id'))
        batch_op.drop_index(batch_op.f('ix_promises_owner_id'))

    op.drop_table('promises')
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.drop_index('ix_notices_place_path_ends_at')
        batch_op.drop_index(batch_op.f('ix_notices_place_id'))
        batch_op.drop_index(batch_op.f('ix_notices_ends_at'))

    op.drop_table('notices')
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.drop_index('ix_messages_unread', sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))
        batch_op.drop_index('ix_messages_resident_id_at_id')
        batch_op.drop_index('ix_messages_holds_until', sqlite_where=sa.text('holds_until IS NOT NULL'), postgresql_where=sa.text('holds_until IS NOT NULL'))
        batch_op.drop_index('ix_messages_for_digest', sqlite_where=sa.text("mail = 'digest' AND digest_on IS NULL"), postgresql_where=sa.text("mail = 'digest' AND digest_on IS NULL"))
        batch_op.drop_index('ix_messages_digest_on')

    op.drop_table('messages')
    op.drop_table('message_choices')
    with op.batch_alter_table('meetings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_meetings_subject'))
        batch_op.drop_index(batch_op.f('ix_meetings_starts_at'))
        batch_op.drop_index(batch_op.f('ix_meetings_place_path'))
        batch_op.drop_index(batch_op.f('ix_meetings_place_id'))
        batch_op.drop_index('ix_meetings_kind_starts_at')

    op.drop_table('meetings')
    op.drop_table('disclosure_revisions')
    with op.batch_alter_table('disclosure_questions', schema=None) as batch_op:
        batch_op.drop_index('ix_disclosure_questions_due_at')
        batch_op.drop_index(batch_op.f('ix_disclosure_questions_disclosure_id'))
        batch_op.drop_index(batch_op.f('ix_disclosure_questions_by_id'))

    op.drop_table('disclosure_questions')
    with op.batch_alter_table('disclosure_drafts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_disclosure_drafts_place_path'))
        batch_op.drop_index(batch_op.f('ix_disclosure_drafts_place_id'))
        batch_op.drop_index(batch_op.f('ix_disclosure_drafts_duty_id'))

    op.drop_table('disclosure_drafts')
    with op.batch_alter_table('agreement_editors', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_agreement_editors_resident_id'))

    op.drop_table('agreement_editors')
    with op.batch_alter_table('address_claims', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_address_claims_resident_id'))
        batch_op.drop_index(batch_op.f('ix_address_claims_address'))

    op.drop_table('address_claims')
    with op.batch_alter_table('disclosures', schema=None) as batch_op:
        batch_op.drop_index('uq_disclosures_finances', sqlite_where=sa.text("kind = 'finances'"), postgresql_where=sa.text("kind = 'finances'"))
        batch_op.drop_index('ix_disclosures_published_at_id')
        batch_op.drop_index(batch_op.f('ix_disclosures_place_path'))
        batch_op.drop_index(batch_op.f('ix_disclosures_place_id'))
        batch_op.drop_index(batch_op.f('ix_disclosures_duty_id'))

    op.drop_table('disclosures')
    op.drop_table('upload_contents')
    op.drop_table('team_rosters')
    op.drop_table('request_counts')
    op.drop_table('guide_matters')
    with op.batch_alter_table('disclosure_duties', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_disclosure_duties_place_path'))

    op.drop_table('disclosure_duties')
    op.drop_table('departments')
    with op.batch_alter_table('agreements', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_agreements_place_path'))
        batch_op.drop_index(batch_op.f('ix_agreements_place_id'))

    op.drop_table('agreements')
    with op.batch_alter_table('uploads', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_uploads_by_id'))

    op.drop_table('uploads')
    op.drop_table('search_documents')
    op.drop_table('digest_days')
