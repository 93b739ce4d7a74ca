#include "hub/directory.h"

#include "hub/support_codes.h"
#include "protocol/base/archive.h"
#include "protocol/domain/decide.h"
#include "sync/projection/projection.h"

namespace opora::hub {

using protocol::EnrolRefusal;
using protocol::Kind;
using protocol::SiteState;

namespace {

struct EnrolRow {
  ChainHash secret;  // hash of it
  TimeMs expires;
  Bytes key;  // of the site that redeemed it; empty before
  template <class V>
  void visit(V&& v) {
    v(secret, expires, key);
  }
};

Bytes enrol_key(SiteNo site) { return KeyWriter().text("enrol").u32(site.v).take(); }

std::optional<EnrolRow> read_row(const sync::Reader& rows, SiteNo site) {
  const auto row = rows.get(sync::Table::kMeta, enrol_key(site));
  return row ? from_row<EnrolRow>(*row) : std::nullopt;
}

protocol::Enrolled enrolled_from(const SiteState& site) {
  protocol::Enrolled out;
  out.site = site.site;
  out.name = site.name;
  out.zone = site.zone;
  for (const auto& desk : site.desks) out.desks.push_back({desk.no, desk.name});
  return out;
}

// Everything that can be said of an attempt without changing anything; nothing: redeem it.
std::optional<EnrolRefusal> refusal(const std::optional<EnrolRow>& row, const EnrolSecret& secret,
                                    const LinkKey& key, TimeMs now) {
  if (!row || row->secret != hash256({secret.view()})) return EnrolRefusal::kUnknownCode;
  if (row->key == key.view())
    return std::nullopt;  // the first answer was lost on its way: say it again
  if (!row->key.empty()) return EnrolRefusal::kUsed;
  if (now > row->expires) return EnrolRefusal::kExpired;
  return std::nullopt;
}

struct Attempt {
  SiteNo site;
  EnrolSecret secret;
  LinkKey key;
};

Result<sync::EnrolmentDesk::Answer> redeem(sync::Decision& decision, const Attempt& attempt) {
  using Answer = sync::EnrolmentDesk::Answer;
  const protocol::DecideContext context = decision.context();
  auto row = read_row(decision.rows(), attempt.site);
  if (const auto refused = refusal(row, attempt.secret, attempt.key, context.now)) {
    return Answer(protocol::Refused{*refused});
  }
  const auto* site =
      decision.load(Kind::kSite, protocol::site_aggregate(attempt.site)).as<SiteState>();
  if (site == nullptr || site->disabled)
    return Answer(protocol::Refused{EnrolRefusal::kUnknownCode});
  Answer answer(enrolled_from(*site));
  if (site->link_key == attempt.key.view()) return answer;
  auto code = support_code_of(decision, site);
  if (!code.ok()) return code.error();
  protocol::ChangeSite change{{site->site, site->name, site->zone, site->desks,
                               Bytes(attempt.key.view()), false, std::move(*code),
                               site->numbers_every_call}};
  auto drafts = protocol::decide(change, site, context);
  if (!drafts.ok()) return drafts.error();
  row->key = Bytes(attempt.key.view());
  decision.put_meta(enrol_key(attempt.site), to_row(*row));
  decision.emit(std::move(*drafts));
  return answer;
}

}  // namespace

Directory::Directory(sync::Store& store, sync::Engine& engine, const Clock& clock)
    : store_(store), engine_(engine), clock_(clock) {
  const auto rows = store.snapshot();
  rows->scan_prefix(
      sync::Table::kIndex, protocol::keys::sites(), [&](std::string_view key, std::string_view) {
        const auto entity = sync::read_entity(*rows, Kind::kSite, protocol::keys::id_of(key));
        const auto* site = entity.as<SiteState>();
        const auto link_key = site == nullptr ? std::nullopt : LinkKey::from(site->link_key);
        if (link_key && !site->disabled) by_key_[*link_key] = site->site;
        return true;
      });
}

std::optional<SiteNo> Directory::site_of(const LinkKey& key) const {
  const std::lock_guard lock(mutex_);
  const auto it = by_key_.find(key);
  return it == by_key_.end() ? std::nullopt : std::optional(it->second);
}

std::optional<SiteNo> Directory::reload(SiteNo site) {
  const auto entity =
      sync::read_entity(*store_.snapshot(), Kind::kSite, protocol::site_aggregate(site));
  const auto* state = entity.as<SiteState>();
  std::optional<LinkKey> now;
  if (state != nullptr && !state->disabled) now = LinkKey::from(state->link_key);
  const std::lock_guard lock(mutex_);
  const auto removed = std::erase_if(
      by_key_, [&](const auto& row) { return row.second == site && row.first != now; });
  if (now) by_key_[*now] = site;
  return removed > 0 ? std::optional(site) : std::nullopt;
}

void Directory::enrol(SiteNo site, const EnrolSecret& secret, const LinkKey& key,
                      std::function<void(Answer)> done) {
  auto outcome = std::make_shared<Answer>(protocol::Refused{EnrolRefusal::kFailed});
  sync::Command command;
  command.decide = [outcome, attempt = Attempt{site, secret, key}](
                       sync::Decision& decision) -> Result<sync::Answer> {
    auto answer = redeem(decision, attempt);
    if (!answer.ok()) return answer.error();
    *outcome = std::move(*answer);
    return sync::Answer{};
  };
  command.done = [this, site, outcome, done = std::move(done)](const Result<sync::Answer>& answer) {
    if (!answer.ok()) return done(protocol::Refused{EnrolRefusal::kFailed});
    reload(site);  // the new site connects as soon as it has the answer
    done(*outcome);
  };
  engine_.submit(std::move(command));
}

void Directory::issue(sync::Decision& decision, SiteNo site, const EnrolSecret& secret,
                      TimeMs expires) {
  decision.put_meta(enrol_key(site), to_row(EnrolRow{hash256({secret.view()}), expires, {}}));
}

}  // namespace opora::hub
