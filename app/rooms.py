"""The rooms that have pages."""

from app.activities.views import bp as activities
from app.agreements.desk import bp as agreements_desk
from app.agreements.pen import bp as agreements_pen
from app.agreements.talk import bp as agreements_talk
from app.agreements.views import bp as agreements
from app.ballots.desk import bp as ballots_desk
from app.ballots.views import bp as ballots
from app.cases.views import bp as cases
from app.claims.views import bp as claims
from app.council.carrying_out import bp as council_carrying_out
from app.council.desk import bp as council_desk
from app.council.sittings import bp as council_sittings
from app.council.views import bp as council
from app.disclosures.views import bp as disclosures
from app.grid.views import bp as grid
from app.home.views import bp as home
from app.meetings.desk import bp as meetings_desk
from app.meetings.door import bp as meetings_door
from app.meetings.views import bp as meetings
from app.merits.views import bp as merits
from app.messages.views import bp as messages
from app.notices.views import bp as notices
from app.people.views import bp as people
from app.points.views import bp as points
from app.promises.views import bp as promises
from app.rankings.views import bp as rankings
from app.rewards.views import bp as rewards

BLUEPRINTS = (
    home,
    people,
    activities,
    rewards,
    merits,
    cases,
    claims,
    points,
    rankings,
    council,
    council_desk,
    council_carrying_out,
    council_sittings,
    ballots,
    ballots_desk,
    agreements,
    agreements_talk,
    agreements_pen,
    agreements_desk,
    disclosures,
    grid,
    meetings,
    meetings_desk,
    meetings_door,
    messages,
    notices,
    promises,
)
