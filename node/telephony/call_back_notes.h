// What a decision's telephone events mean for calls back (O7, protocol/domain/call_back.h): a lost
// call owes one, a talk settles it, a call out that nobody took is an attempt. Whatever the
// telephone system: it reads the drafts that are there already and adds its own to them. Engine's
// thread, within a decision, once, behind all that observes calls.
//
// A number has at most one open call back at a site. Of a number that was withheld there is none:
// nobody could call it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "protocol/domain/call_back.h"
#include "protocol/domain/call_summary.h"
#include "sync/engine/engine_core.h"

namespace opora::telephony {

class CallBackNotes {
 public:
  CallBackNotes(sync::Decision& decision, const protocol::CallBackRule& rule)
      : decision_(decision), rule_(rule), context_(decision.context()) {}

  // The caller asked for it: whatever became of his call, he is called back.
  void wishes(protocol::LostCall wish);
  // The PBX's own queue has him: nobody here answered, and he is not lost.
  void is_served_elsewhere(const AggregateId& call) { elsewhere_.insert(call); }
  // A call of our own to this number ended so.
  struct Attempt {
    std::string phone;
    std::string by;
    protocol::CallBackResult result = protocol::CallBackResult::kNoAnswer;
  };
  void tried(Attempt attempt) { attempts_.push_back(std::move(attempt)); }

  void note();

 private:
  struct Seen {
    protocol::Entity before;
    protocol::Entity after;
  };
  std::vector<Seen> observed();
  void look_at(const Seen& seen);
  void lost(const protocol::Entity& call, const protocol::CallSummary& summary);
  void owed(const protocol::LostCall& lost);
  void answered_elsewhere(const protocol::Entity& call);
  void talked(const protocol::Entity& call, const protocol::CallSummary& summary);
  void attempted(const Attempt& attempt);
  bool talked_since(const std::string& key, TimeMs at);
  // The open one of this number that is this site's to know; with what was said of it here.
  protocol::Entity* open_of(const std::string& key);
  void say(protocol::Entity& task, protocol::Draft draft);

  sync::Decision& decision_;
  const protocol::CallBackRule& rule_;
  const protocol::DecideContext context_;
  std::map<AggregateId, protocol::LostCall> wishes_;  // by the call
  std::set<AggregateId> elsewhere_;                   // calls
  std::vector<Attempt> attempts_;
  std::map<std::string, protocol::Entity> tasks_;  // by number, as this decision leaves them
};

}  // namespace opora::telephony
