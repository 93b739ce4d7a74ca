#include "node/call_back_watch.h"

#include <algorithm>
#include <utility>

#include "protocol/domain/ownership.h"
#include "sync/projection/projection.h"

namespace opora::node {

using protocol::CallBackState;
using protocol::Entity;
using protocol::Kind;
using Rows = protocol::keys::CallBackRows;

namespace {

template <class Say>
void submit(sync::Engine& engine, std::vector<AggregateId> tasks, Say say) {
  if (tasks.empty()) return;
  sync::Command command;
  command.decide = [tasks = std::move(tasks), say](sync::Decision& decision) {
    for (const AggregateId& id : tasks) {
      auto drafts = say(decision.load(Kind::kCallBack, id), decision.context());
      // Refused: somebody was faster, and it stands in no row of this kind any more.
      if (drafts.ok()) decision.emit(std::move(*drafts));
    }
    return Result<sync::Answer>(sync::Answer{});
  };
  command.done = [](const Result<sync::Answer>&) {};
  engine.submit(std::move(command));
}

}  // namespace

protocol::CallBackRule call_back_rule(const CallDesk* calls) {
  return calls == nullptr ? protocol::CallBackRule{} : calls->plan()->call_backs;
}

std::vector<AggregateId> DueRound::next(const sync::Reader& rows, SiteNo site, TimeMs now,
                                        std::size_t at_most) {
  const Bytes end = protocol::keys::call_backs_after(Rows::kOpen, site, now);
  // A clock that was set back: it begins anew.
  Bytes from = std::exchange(from_, {});
  if (from.empty() || from >= end) from = protocol::keys::call_backs(Rows::kOpen, site);
  std::vector<AggregateId> out;
  rows.scan(sync::Table::kIndex, from, end, [&](std::string_view key, std::string_view) {
    if (out.size() == at_most) {
      from_ = Bytes(key);
      return false;
    }
    out.push_back(protocol::keys::id_of(key));
    return true;
  });
  return out;
}

bool CallBackWatch::goes_to_region(const CallBackState& task, TimeMs now) const {
  // It went there once; nobody there reached him, and it is this site's again.
  const bool never_went = protocol::current_term(task) == protocol::kFirstTerm;
  return region_.site.v != 0 && region_.site != site_ && never_went && task.site == site_ &&
         task.again_at + region_.after_ms <= now && protocol::claimed_by(task, now).empty();
}

// The place is in a queue of the site that said so.
bool CallBackWatch::has_place(const CallBackState& task, TimeMs now) const {
  return task.place.entered_at.v != 0 && task.site == site_ && protocol::owner_of(task) == site_ &&
         protocol::claimed_by(task, now).empty();
}

void CallBackWatch::look_at_due(const sync::Reader& rows, TimeMs now,
                                std::vector<AggregateId>& to_region) {
  const bool drives = calls_ != nullptr && calls_->hears_pbx();
  if (!drives && region_.site.v == 0) return;
  for (const AggregateId& id : due_.next(rows, site_, now, kMaxTasks)) {
    const Entity task = sync::read_entity(rows, Kind::kCallBack, id);
    const auto& state = *task.as<CallBackState>();
    if (goes_to_region(state, now)) {
      if (!leaves_queue(id)) to_region.push_back(id);
    } else if (drives && has_place(state, now)) {
      calls_->shell().call_back(
          {id, task.personal.text(protocol::PersonalField::kPhone), state.place});
    }
  }
}

// Who stands in our queue, or is called, is lent to nobody: once he has left it. A phone that rings
// for him meanwhile rings to its end.
bool CallBackWatch::leaves_queue(const AggregateId& id) const {
  const auto queued = calls_->shell().call_backs();
  if (std::find(queued.begin(), queued.end(), id) == queued.end()) return false;
  calls_->shell().withdraw(id, telephony::Withdrawal::kUnlessItRings);
  return true;
}

void CallBackWatch::look_at_places(const sync::Reader& rows) const {
  if (calls_ == nullptr) return;
  for (const AggregateId& id : calls_->shell().call_backs()) {
    const Entity task = sync::read_entity(rows, Kind::kCallBack, id);
    const auto* state = task.as<CallBackState>();
    const bool ours = state != nullptr && !task.erased && protocol::is_open(*state) &&
                      protocol::owner_of(*state) == site_;
    if (!ours) calls_->shell().withdraw(id, telephony::Withdrawal::kAtOnce);
  }
}

std::vector<AggregateId> CallBackWatch::come_home(const sync::Reader& rows, TimeMs now) const {
  std::vector<AggregateId> out;
  // Whoever has it stops earlier by as much as the clocks may differ.
  rows.scan(
      sync::Table::kIndex, protocol::keys::call_backs(Rows::kLent, site_),
      protocol::keys::call_backs_after(Rows::kLent, site_, now + -protocol::kLeaseClockBoundMs),
      [&](std::string_view key, std::string_view) {
        out.push_back(protocol::keys::id_of(key));
        return out.size() < kMaxTasks;
      });
  return out;
}

void CallBackWatch::look(sync::Engine& engine) {
  region_ = calls_ == nullptr ? telephony::CallBackRegion{} : calls_->plan()->call_backs_region;
  const auto rows = store_.snapshot();
  const TimeMs now = clock_.now();
  std::vector<AggregateId> to_region;
  look_at_due(*rows, now, to_region);
  look_at_places(*rows);
  submit(engine, std::move(to_region),
         [to = region_](const Entity& task, const protocol::DecideContext& context) {
           return protocol::decide(protocol::RouteCallBack{to.site, to.lease_ms}, task, context);
         });
  submit(engine, come_home(*rows, now),
         [](const Entity& task, const protocol::DecideContext& context) {
           return protocol::decide(protocol::TakeCallBackHome{}, task, context);
         });
}

}  // namespace opora::node
