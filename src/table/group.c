/*
 * table/group: threads that share one piece of work, led by one of them.
 *
 * Source  group commit, as in MySQL's binary log and PostgreSQL's commit_siblings, without a delay.
 * Errors  CANCELLED, TIMEOUT while waiting.
 * Threads Group.lock. A member's work is read by the leader while the member's thread is blocked.
 */
#include "table/group.h"

enum {
    LOOK_MS = 50,   // between looks at cancel and deadline
    GATHER_MS = 2,  // a moment: less than what they share takes
};

void group_init(Group *group)
{
    *group = (Group){0};
    lock_init(&group->lock, RANK_LEAF);
    signal_init(&group->signal);
}

void group_close(Group *group)
{
    signal_close(&group->signal);
    lock_close(&group->lock);
}

static void append(GroupMember **list, GroupMember *member)
{
    while (*list) list = &(*list)->next;
    member->next = NULL;
    *list = member;
}

static void remove_member(Group *group, GroupMember *member)
{
    GroupMember **at = &group->first;
    while (*at != member) at = &(*at)->next;
    *at = member->next;
    group->waiting--;
}

static void gather(Group *group)
{
    group->is_led = true;  // nobody else may lead meanwhile
    for (int i = 0; i < GATHER_MS && group->waiting < group->expected; i++)
        (void)signal_wait(&group->signal, &group->lock, 1);
}

// The caller's member first, then those that wait and fit.
static GroupMember *take_list(Group *group, GroupMember *member, GroupFits fits)
{
    gather(group);
    remove_member(group, member);
    member->state = GROUP_TAKEN;
    member->next = NULL;
    group->expected = 1;
    for (GroupMember *at = group->first, *next; at; at = next) {
        next = at->next;
        if (!fits(member, at)) continue;
        remove_member(group, at);
        at->state = GROUP_TAKEN;
        append(&member->next, at);
        group->expected++;
    }
    return member;
}

Rc group_enter(Ctx *ctx, Group *group, GroupMember *member, GroupFits fits, GroupMember **list)
{
    Rc rc = RC_OK;
    lock_take(&group->lock);
    member->state = GROUP_WAITING;
    append(&group->first, member);
    group->waiting++;
    while (group->is_led && member->state == GROUP_WAITING && rc == RC_OK) {
        (void)signal_wait(&group->signal, &group->lock, LOOK_MS);
        rc = ctx_poll(ctx);
    }
    // Whoever was taken learns how it ended, cancelled or not: it may be in.
    while (member->state == GROUP_TAKEN) (void)signal_wait(&group->signal, &group->lock, LOOK_MS);
    if (member->state != GROUP_WAITING) {
        ctx_clear(ctx);
        rc = RC_OK;
    } else if (rc != RC_OK) {
        remove_member(group, member);
    } else {
        *list = take_list(group, member, fits);
    }
    lock_give(&group->lock);
    return rc;
}

// States change under the lock alone: a member whose thread sees DONE is on a stack that ends.
void group_leave(Group *group, GroupMember *list, GroupState outcome)
{
    must(outcome == GROUP_DONE || outcome == GROUP_ALONE);
    lock_take(&group->lock);
    for (GroupMember *at = list, *next; at; at = next) {
        next = at->next;
        at->state = outcome;
    }
    group->is_led = false;
    signal_wake_all(&group->signal);
    lock_give(&group->lock);
}
