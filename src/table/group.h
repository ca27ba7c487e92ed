#ifndef TABLE_GROUP_H
#define TABLE_GROUP_H
#include "base/ctx.h"
#include "base/lock.h"

// Threads that want the same kind of thing done share the work: the first one does it (it leads),
// those that come meanwhile wait, and one of them then does it for all that wait. Where several
// came together the time before, a leader waits a moment for as many: they have just been answered
// and come again. A lone thread never waits.
//
//   GroupMember member = {.work = ..}, *all = NULL;
//   TRY(group_enter(ctx, group, &member, fits, &all));
//   if (all) { .. do it for each in the list ..; group_leave(group, all, GROUP_DONE); }
//   if (member.state == GROUP_ALONE) .. do it without the others, for an error of its own ..
typedef enum GroupState {
    GROUP_WAITING,
    GROUP_TAKEN,
    GROUP_DONE,
    GROUP_ALONE,  // the leader could not: the member does its work by itself
} GroupState;

typedef struct GroupMember {
    const void *work;
    GroupState state;
    struct GroupMember *next;
} GroupMember;

typedef struct Group {
    Lock lock;  // RANK_LEAF; guards the rest, and the members that wait
    Signal signal;
    bool is_led;
    size_t waiting;      // members in `first`
    size_t expected;     // so many did their work together the time before
    GroupMember *first;  // that wait, in order of arrival
} Group;

void group_init(Group *group);
void group_close(Group *group);

// Whether `other` can be done together with those in `list`, a list that `leader` begins.
typedef bool (*GroupFits)(const GroupMember *list, const GroupMember *other);

// *list NULL: another thread has done it, or could not; member->state tells. Otherwise the caller
// leads: `list` begins with its own member, and the others are blocked until group_leave. Errors:
// CANCELLED, TIMEOUT while it waits; nothing was done then.
NODISCARD Rc group_enter(Ctx *ctx, Group *group, GroupMember *member, GroupFits fits,
                         GroupMember **list);
// The leader is done: all of `list` become DONE or ALONE. The members of others are gone when this
// returns.
void group_leave(Group *group, GroupMember *list, GroupState outcome);

#endif
