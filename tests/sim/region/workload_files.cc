// People who attach files to tickets, and have tickets erased that have some.
#include "protocol/domain/files.h"
#include "tests/sim/region/workload.h"
#include "tests/support/ticket_files.h"

namespace opora::sim {

namespace {

// From one commit of an upload to the next.
constexpr std::int64_t kNextStepMs = 5;

}  // namespace

// Most are one chunk, some two or three: a cut leaves them half there.
void Workload::attach(SiteNo site, const AggregateId& ticket) {
  const bool large = sim_.dice.percent(35);
  const std::int64_t bytes = large ? sim_.dice.between(protocol::kFileChunkBytes + 1,
                                                       2 * protocol::kFileChunkBytes + 9'000)
                                   : sim_.dice.between(1, 3'000);
  Bytes content = fresh("file ");
  content.resize(static_cast<std::size_t>(bytes) + content.size(), 'x');
  Task task{site, "file", fresh("file"),
            [ticket, content] { return testing::attaching(ticket, content); }};
  task.upload = {ticket, content};
  task.then = [this, ticket](const Bytes& answer) {
    if (const auto hash = FileHash::from(answer)) files_.push_back({ticket, *hash});
  };
  begin(std::move(task));
}

// As a site's daemon does it: chunks first, then the record; what was staged for nothing goes.
void Workload::upload(const Shared& task, Process& process) {
  SimRandom random(sim_);
  const auto file = testing::upload_of(task->upload->ticket, task->upload->content, random);
  const protocol::FileId id{task->upload->ticket, file->facts.hash};
  auto tell = browser(task);
  const auto finish = [&process, id, tell](Result<sync::Answer> answer) {
    if (!answer.ok() || *answer != id.hash.view()) process.submit(testing::discarding({id}));
    tell(std::move(answer));
  };
  sync::Command stage = testing::staging(id.ticket, file);
  stage.done = [this, task, &process, id, file, finish](const Result<sync::Answer>& staged) {
    if (!staged.ok()) return finish(staged);
    sim_.timeline.after(sim_.dice.between(0, kNextStepMs),
                        [this, task, &process, id, file, finish] {
                          // A mistake that does harm nowhere else meets it here.
                          if (sim_.planted == Planted::kUploadsDiscarded && sim_.dice.percent(30))
                            process.disk().arm(DiskFault::kPowerBefore);
                          say(task, process, testing::attaching_staged(id.ticket, file), finish);
                        });
  };
  process.submit(std::move(stage));
}

std::optional<protocol::FileId> Workload::any_file() {
  if (files_.empty()) return std::nullopt;
  return files_[sim_.dice.next() % files_.size()];
}

// By the region, which may erase any.
void Workload::erase_ticket() {
  const auto file = any_file();
  if (!file) return;
  std::erase_if(files_, [&](const protocol::FileId& one) { return one.ticket == file->ticket; });
  const AggregateId target = file->ticket;
  Task task{kHubSite, "erasure", fresh("erasure"),
            [target] { return testing::erasing({target}, "asked by the person"); }};
  task.then = [this, target, by = key(task).id](const Bytes&) {
    ledger_.erased[target] = {kHubSite, by};
  };
  begin(std::move(task));
}

}  // namespace opora::sim
