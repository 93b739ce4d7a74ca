#include "web/app/text_index.h"

#include <chrono>
#include <utility>

#include <spdlog/spdlog.h>

#include "protocol/base/archive.h"
#include "protocol/codec/record_codec.h"
#include "web/app/journals.h"
#include "web/app/render.h"

namespace opora::app {

using protocol::Entity;
using protocol::EventType;
using protocol::Kind;
using protocol::PersonalField;

namespace {

const sync::DocumentKind kTicketDocument{static_cast<std::uint8_t>(Kind::kTicket)};

// Records looked at in one pass: a first start over a million records goes on in slices and can be
// stopped.
constexpr std::size_t kRecordsAPass = 5'000;
// Saves come in bursts; one pass for a burst.
constexpr auto kGather = std::chrono::milliseconds(100);
// What failed is tried again: nobody else would tell, and somebody may be waiting to be forgotten.
constexpr auto kAgain = std::chrono::seconds(1);

bool is_ticket_event(EventType type) { return protocol::kind_of(type) == Kind::kTicket; }

}  // namespace

TextIndex::TextIndex(sync::SearchIndex& index, const sync::Store& store, const sync::Vault& vault)
    : index_(index),
      store_(store),
      vault_(vault),
      cursor_(from_row<Cursor>(index.cursor()).value_or(Cursor{})),
      thread_([this] { loop(); }) {}

TextIndex::~TextIndex() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  thread_.join();
}

void TextIndex::changed(const std::set<sync::Projection::Touched>& touched) {
  bool news = false;
  const std::lock_guard lock(mutex_);
  for (const auto& row : touched) {
    if (row.kind == Kind::kTicket) pending_.insert(row.id);
    erasing_ = erasing_ || row.kind == Kind::kErasure;
    news = news || row.kind == Kind::kTicket || row.kind == Kind::kErasure ||
           row.kind == Kind::kRubricator;
  }
  if (!news) return;
  work_ = true;
  wake_.notify_one();
}

std::vector<AggregateId> TextIndex::search(const std::string& query, std::size_t limit) const {
  auto found = index_.search(query, kTicketDocument, limit);
  std::vector<AggregateId> out;
  // What was understood otherwise than typed (the other keyboard layout) is the asker's to say: the
  // screen asks again with the corrected text and shows both.
  if (!found.ok() || !found->corrected.empty()) return out;
  for (const auto& id : found->ids) out.push_back(id.aggregate);
  return out;
}

// The last pass of an orderly stop carries erasures out; what it does not come to, and what a kill
// overtakes, stands behind the cursor for the next start.
void TextIndex::loop() {
  for (bool last = false; !last;) {
    bool forget = false;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || work_; });
      last = wake_.wait_for(lock, kGather, [&] { return stopping_; });
      if (last && !erasing_) return;
      work_ = false;
      forget = std::exchange(erasing_, false);
    }
    const Pass done = pass();
    std::unique_lock lock(mutex_);
    if (done == Pass::kFailed) wake_.wait_for(lock, kAgain, [&] { return stopping_; });
    work_ = work_ || done != Pass::kDone;
    erasing_ = erasing_ || (forget && done != Pass::kDone);
  }
}

TextIndex::Pass TextIndex::pass() {
  std::set<AggregateId> tickets;
  {
    const std::lock_guard lock(mutex_);
    tickets.swap(pending_);
  }
  const auto rows = store_.snapshot();
  std::vector<AggregateId> erased;
  follow_rubricator(*rows);
  const bool more = follow_journals(*rows, tickets, erased);
  sync::SearchBatch batch;
  for (const AggregateId& id : tickets) {
    const Entity entity = sync::read_entity(*rows, Kind::kTicket, id);
    const auto* state = entity.as<protocol::TicketState>();
    // Not here yet, or never more than the word that an offer is over.
    if (state == nullptr || state->opened.v == 0 || entity.erased) continue;
    batch.upserts.push_back(document(*rows, entity));
  }
  batch.cursor = to_row(cursor_);
  std::vector<sync::DocumentId> gone;
  gone.reserve(erased.size());
  for (const AggregateId& id : erased) gone.push_back({kTicketDocument, id});
  // Before the cursor passes the erasures: killed in between, the next start erases again.
  Status done = gone.empty() ? ok_status() : index_.erase(gone);
  if (done.ok()) done = index_.apply(batch);
  if (!done.ok()) {
    spdlog::warn("search index: {}", done.error().message);
    cursor_ = from_row<Cursor>(index_.cursor()).value_or(Cursor{});
    // Started anew, it is filled again at once; else a disk or a reader stands in the way.
    return done.error().code == Code::kCorrupt ? Pass::kMore : Pass::kFailed;
  }
  return more ? Pass::kMore : Pass::kDone;
}

// Its names stand in the documents: with another version all of them are written anew.
void TextIndex::follow_rubricator(const sync::Reader& rows) {
  const Entity entity = sync::read_entity(rows, Kind::kRubricator, protocol::rubricator_id());
  const auto* state = entity.as<protocol::RubricatorState>();
  if (state == nullptr) return;
  if (state->version != cursor_.rubricator) cursor_ = {{}, state->version};
  else if (!topics_.empty()) return;
  topics_.clear();
  for (const auto& topic : state->topics)
    topics_[topic.id] = topic.kind + " " + topic.group + " " + topic.name;
}

bool TextIndex::follow_journals(const sync::Reader& rows, std::set<AggregateId>& tickets,
                                std::vector<AggregateId>& erased) {
  std::size_t looked = 0;
  for (const SiteNo origin : journal_origins(rows)) {
    StreamPos& position = cursor_.positions[origin];
    sync::scan_journal(rows, origin, StreamPos{position.v + 1}, [&](const sync::JournalRow& row) {
      const auto record = protocol::decode_record(row.record);
      if (record.ok() && is_ticket_event(record->env.type)) tickets.insert(record->env.aggregate);
      if (record.ok() && record->env.type == EventType::kErased)
        erased.push_back(record->env.aggregate);
      position = row.ref.n;
      return ++looked < kRecordsAPass;
    });
    if (looked >= kRecordsAPass) return true;
  }
  return false;
}

sync::Document TextIndex::document(const sync::Reader& rows, const Entity& ticket) const {
  const auto& state = *ticket.as<protocol::TicketState>();
  sync::Document out;
  out.id = {kTicketDocument, ticket.id};
  out.at = state.updated.time();
  out.texts.push_back(number_text(state));
  if (const auto topic = topics_.find(state.topic); topic != topics_.end())
    out.texts.push_back(topic->second);
  for (const PersonalField field :
       {PersonalField::kPhone, PersonalField::kApplicant, PersonalField::kOrganisation,
        PersonalField::kMunicipality, PersonalField::kDetails, PersonalField::kSummary,
        PersonalField::kNote}) {
    if (const std::string& text = ticket.personal.text(field); !text.empty())
      out.texts.push_back(text);
  }
  for (const auto& event : sync::read_history(rows, vault_, ticket.id)) {
    const auto text = event.personal.find(PersonalField::kText);
    if (text != event.personal.end()) out.texts.push_back(text->second);
  }
  return out;
}

}  // namespace opora::app
