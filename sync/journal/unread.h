// Records that are kept and not folded. A record whose type or enumerators came with a later
// version is stored and passed on as it is, and listed here in the same transaction; the version
// that can read it folds it, tells the observer of it as of one that has just come, and takes it
// off the list. What turns out then to be nobody's to say stays listed, with the reason: no rebuild
// folds what is listed. Rows of kMeta: "unread" JournalRef -> reason, empty while it is only
// unread. The engine's thread writes.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "protocol/domain/events.h"
#include "sync/journal/streams.h"

namespace opora::sync {

inline bool is_unread(const protocol::Event& event) { return event.facts.index() == 0; }

void list_unread(Transaction& txn, const JournalRef& ref);
void refuse_unread(Transaction& txn, const JournalRef& ref, std::string_view reason);
void unlist_unread(Transaction& txn, const JournalRef& ref);

struct UnreadRow {
  JournalRef ref;
  std::string refused;  // why; empty: not read yet
};
std::vector<UnreadRow> unread_rows(const Reader& rows);
// All that is listed, whatever the reason.
std::set<JournalRef> unread_refs(const Reader& rows);

}  // namespace opora::sync
