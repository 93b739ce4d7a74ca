// The yardstick of every figure that ends on a disk: one thread appends records to a file in FOLDER
// and syncs each (fdatasync), as a journal without anything around it would: one after the other,
// or RATE a second (a disk and a processor that rested take longer).
//   bench_disk FOLDER BYTES MILLISECONDS [RATE]
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>

#include "tests/bench/figures.h"

namespace opora::bench {
namespace {

void append(int fd, const std::string& record) {
  if (::write(fd, record.data(), record.size()) != static_cast<ssize_t>(record.size()) ||
      ::fdatasync(fd) != 0) {
    give_up(std::strerror(errno));
  }
}

void measure(const std::string& file, std::size_t bytes, std::chrono::milliseconds time,
             std::chrono::microseconds pace) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) give_up(file + ": " + std::strerror(errno));
  ::unlink(file.c_str());
  const std::string record(bytes, 'x');
  append(fd, record);  // the first one creates the file's metadata
  Latencies latencies;
  const SteadyTime begin = steady_now();
  SteadyTime now = begin;
  for (int i = 1; now - begin < time; ++i) {
    append(fd, record);
    const SteadyTime done = steady_now();
    latencies.add(now, done);
    std::this_thread::sleep_until(begin + i * pace);
    now = pace.count() == 0 ? done : steady_now();
  }
  ::close(fd);
  std::puts(latencies.json(seconds_between(begin, now)).c_str());
}

}  // namespace
}  // namespace opora::bench

int main(int argc, char** argv) {
  using opora::bench::number;
  if (argc != 4 && argc != 5) opora::bench::give_up("bench_disk FOLDER BYTES MILLISECONDS [RATE]");
  const std::chrono::microseconds pace(argc == 5 ? 1'000'000 / number(argv[4], 1) : 0);
  opora::bench::measure(std::string(argv[1]) + "/append", number(argv[2], 1),
                        std::chrono::milliseconds(number(argv[3], 1)), pace);
}
