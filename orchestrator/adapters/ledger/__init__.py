"""The ledger in Redis: the truth about every run, queue position, lease and campaign.

- Every change of more than one key is one Lua script; what must be compared is compared in it.
- Sets are kept by the script that changes the run, so a count is a ``ZCARD`` and always exact.
- Caps count leases in sorted sets; there are no counters that a crash could leave wrong.
- All times are microseconds since 1970; every score is one.

Every key stands behind a prefix, ``em:`` unless told otherwise. What the scripts write is named
after them.

==========================  ======  ==========================================================
key                         type    what, its life, its writers
==========================  ======  ==========================================================
``r:{run}``                 string  the run: head, body, trail (see `run_codec`). On-demand:
                                    until `retention_days` after its end; of a campaign: until the
                                    campaign is forgotten. create, create_many, save, reap,
                                    release, hasten, remark
``d:{DEVICE}``              zset    run ids of the device by creation, but for those that are
                                    named ``{campaign}.{DEVICE}`` and so are found without it;
                                    until three times as long after the last end. create,
                                    create_many
``recent``                  zset    the newest on-demand runs by creation, at most 10,000;
                                    until they are forgotten. create, forget_runs
``open``                    hash    DEVICE -> its unsettled on-demand run; until it is final.
                                    create, save
``due``                     zset    on-demand runs by the time the bell rings for them next:
                                    due time, or end of the grace period once taken; absent
                                    while worked on. create, take, claim, save, reap, release,
                                    hasten
``ev``                      stream  entries of all on-demand runs; `retention_days` and 60 more.
                                    save, reap, release, remark, forget_runs
``lease``                   zset    devices that are held, by the time the lease ends; until it
                                    is given back or reaped. claim, renew, save, release, reap
``leases``                  hash    DEVICE -> ``fence run campaign site holder``; lives with
                                    ``lease``. The run is ``-`` once it was called off
``fence``                   string  the last fence that was given: its time in microseconds; for
                                    good. claim
``caps``                    hash    scope (``all``, ``campaign:{id}``, ``site:{name}``) -> most
                                    leases at once; for good. `RedisCaps`
``busy:{scope}``            zset    devices held within a campaign or site, by the time the lease
                                    ends; lives with ``lease``
``duty:{duty}``             string  who does a duty for all; a few seconds. lead
``seen:{weeks}:{DEVICE}``   string  168 bits, one an hour of the week in which the PC was seen in
                                    those four weeks; 8 weeks. `RedisSightings`
``load``                    hash    ``ended:{site}``, ``late:{site}`` -> attempts since the last
                                    look at them; seconds. `RedisSiteLoads`
``adapted``                 hash    site -> ``limit most halved``, while it has a limit of ours.
                                    `RedisSiteLoads`
``refused:{account}``       set     devices in a row that refused an account; 30 minutes. account
``good:{account}``          string  a device accepted it last; 30 minutes. account
``trying:{account}``        zset    logins under way while it is not proven, by when they count no
                                    more; 30 minutes. account
``campaigns``               zset    all campaigns by creation; until forgotten. campaign_save
``agenda``                  zset    campaigns whose runs are handed out: in planning, running, or
                                    finished, with enrollments to check again; by when they were
                                    last served. campaign_save, take
``going``                   zset    campaigns that want a controller, by creation. campaign_save
``ended``                   zset    campaigns that ended, by when; until forgotten. campaign_save
``workers``                 zset    worker processes, by when they reported last; a minute. beat
``draining``                set     workers that are asked to end; until they have
``c:{id}``                  hash    ``meta`` (JSON), ``version``, ``status``, ``targets`` (how
                                    many runs it has), ``budget`` (how many may fail),
                                    ``site_most`` (at once within a site), ``owed``
                                    (how many of the unreleased may go), ``settled`` (when a run
                                    settled last); until forgotten. campaign_save, create_many,
                                    release_wave, and whatever settles a run
``c:{id}:marks``            hash    ``set mark`` -> how many runs have a mark within a set; the
                                    scripts that move runs. Until forgotten, as all that follow
``c:{id}:unreleased``       list    DEVICEs whose runs wait for their wave, in their order.
                                    replace_many, release_wave
``c:{id}:windows``          hash    ``all`` or ``site:{name}`` -> from, until: when runs may be
                                    claimed; the controller says it anew each second
``c:{id}:in:{bucket}``      zset    its runs in a state (settled ones by verdict:
                                    ``settled/enrolled``) by last change; every run in exactly
                                    one; until forgotten. create_many, replace_many, save,
                                    reap, release, hasten
``c:{id}:due``              zset    as ``due``, for its runs; until forgotten
``c:{id}:ev``               stream  entries of all its runs and of itself; until forgotten
``c:{id}:said``             stream  the newest of those of itself; until forgotten
``inventory``               hash    DEVICE -> its site and tags, JSON; until dropped.
                                    `RedisTargetBook`
``excluded``                hash    DEVICE -> who left it alone, when and why, JSON; until taken
                                    off the list. `RedisTargetBook`
==========================  ======  ==========================================================

Channels: ``news:{run}`` gets the run's version after each change. save, replace_many, reap,
release, release_wave, hasten, remark.

A Redis Cluster is refused: the scripts touch keys of many slots.
"""

from __future__ import annotations

from orchestrator.adapters.ledger.accounts import RedisAccounts
from orchestrator.adapters.ledger.agenda import RedisAgenda
from orchestrator.adapters.ledger.campaigns import RedisCampaigns, RedisCaps
from orchestrator.adapters.ledger.connection import Store
from orchestrator.adapters.ledger.control import RedisControl
from orchestrator.adapters.ledger.feed import RedisFeed
from orchestrator.adapters.ledger.leases import RedisLeases
from orchestrator.adapters.ledger.runs import RedisRuns
from orchestrator.adapters.ledger.sightings import RedisSightings, RedisSiteLoads
from orchestrator.adapters.ledger.targets import RedisTargetBook
from orchestrator.adapters.ledger.workers import RedisWorkers

__all__ = [
    "RedisAccounts",
    "RedisAgenda",
    "RedisCampaigns",
    "RedisCaps",
    "RedisControl",
    "RedisFeed",
    "RedisLeases",
    "RedisRuns",
    "RedisSightings",
    "RedisSiteLoads",
    "RedisTargetBook",
    "RedisWorkers",
    "Store",
]
