// Rows of what the PBX records and the site has to fetch (O6): one a part, from the moment in which
// it is begun, in the transaction that decides it, so that nothing that ends in between loses a
// recording. CallShell begins and ends them, node/recordings fetches and removes them. Rows name no
// person; they stand in kMeta, beside the call queue's.
//
//   runs ──over, or its call is gone──▶ to fetch ──file and event here──▶ to remove ──▶ no row
//                                          └── missed: said, with why ──▶ to remove, or no row
#pragma once

#include <optional>
#include <vector>

#include "node/telephony/queue/command.h"
#include "node/telephony/recording_source.h"
#include "node/telephony/site_plan.h"
#include "protocol/domain/events.h"
#include "sync/engine/engine_core.h"

namespace opora::telephony {

enum class TapeStep : std::uint8_t {
  kRuns = 1,
  kToFetch = 2,
  kNotRecorded = 3,  // the PBX did not: to be said
  kToRemove = 4,     // the site has it; the PBX's copy is to go
};

struct TapeRow {
  CallNo no;
  protocol::Recorded of;
  TapeStep step = TapeStep::kRuns;
  TimeMs over_at{};  // zero: it runs
  TimeMs next_at{};  // not tried before
  std::uint32_t tries = 0;
  TapeKey key() const { return {no, of.part}; }
  template <class V>
  void visit(V&& v) {
    v(no, of, step, over_at, next_at, tries);
  }
};

// What a step of the call queue says of recordings. Engine's thread, within a decision.
void note_tapes(sync::Decision& decision, const SitePlan& plan, const Commands& commands);

// In the order of calls, at most so many. Rows that do not read are passed over.
std::vector<TapeRow> read_tapes(const sync::Reader& store, std::size_t at_most);
void put_tape(sync::Decision& decision, const TapeRow& row);
void erase_tape(sync::Decision& decision, TapeKey tape);
// Whether its call goes on: while it does, what runs is left alone.
bool goes_on(const sync::Reader& store, CallNo call);

}  // namespace opora::telephony
