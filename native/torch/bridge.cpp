// A C ABI over libtorch's dispatcher: find an operator by name, call it with a boxed argument list, free what came
// back, run autograd, report errors. It names no operator, so every one that libtorch knows is reachable.
//
// Rules that every function here keeps:
//   * `noexcept`; every exception becomes a status and a message that travels with the call.
//   * Only fixed-width integers and pointers cross the boundary.
//   * A tensor handle is a `TensorImpl*` that owns one reference; 0 stands for "no tensor". Each handle that is given
//     out is fresh, is counted, and must be given back once through `ac_tensor_free`.
#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/GradMode.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/api/include/torch/version.h>
#include <torch/csrc/autograd/autograd.h>

#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

void install_caching_allocator();  // allocator.cpp

#define AC_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

using TensorPointer = c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;
using GeneratorPointer = c10::intrusive_ptr<c10::GeneratorImpl>;

std::atomic<int64_t> live_handles{0};

// How one argument or result crosses the boundary. Kept in step with ValueKind in Value.cs.
enum Kind : int32_t {
  kDefault = 0,  // argument only: take the schema's default
  kNone = 1,
  kInt = 2,
  kDouble = 3,
  kBool = 4,
  kTensor = 5,
  kIntList = 6,
  kDoubleList = 7,
  kTensorList = 8,
  kOptionalTensorList = 9,
  kDevice = 10,
  kGenerator = 11,
  kString = 12,
  kBoolList = 13,
};

char* copy_text(const std::string& text) noexcept {
  auto* copy = static_cast<char*>(std::malloc(text.size() + 1));
  if (copy != nullptr) std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

enum Status : int32_t { kOk = 0, kTorchError = 1, kStandardError = 2, kUnknownError = 3 };

// Runs `body` and turns whatever it throws into a status and a message. `std::exception` must be caught by reference
// and before `...`: libtorch also throws std::invalid_argument and its kin, which are no c10::Error.
template <typename Body>
int32_t guarded(char** error, Body&& body) noexcept {
  try {
    body();
    return kOk;
  } catch (const c10::Error& e) {
    *error = copy_text(e.what_without_backtrace());
    return kTorchError;
  } catch (const std::exception& e) {
    *error = copy_text(e.what());
    return kStandardError;
  } catch (...) {
    *error = copy_text("libtorch threw something that is not an exception");
    return kUnknownError;
  }
}

at::Tensor borrow(int64_t handle) {
  if (handle == 0) return {};
  return at::Tensor(TensorPointer::reclaim_copy(reinterpret_cast<c10::TensorImpl*>(handle)));
}

int64_t give(at::Tensor tensor) {
  if (!tensor.defined()) return 0;
  live_handles.fetch_add(1, std::memory_order_relaxed);
  return reinterpret_cast<int64_t>(tensor.unsafeReleaseTensorImpl());
}

std::vector<at::Tensor> borrow_all(const int64_t* handles, int64_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int64_t i = 0; i < count; i++) tensors.push_back(borrow(handles[i]));
  return tensors;
}

c10::Device to_device(int64_t packed) {
  return {static_cast<c10::DeviceType>(packed >> 32), static_cast<c10::DeviceIndex>(static_cast<int32_t>(packed))};
}

}  // namespace

// An operator, found once.
struct ac_operator {
  c10::OperatorHandle handle;
  size_t argument_count;
  bool pure;  // returns new tensors only: neither changes an argument nor hands out a view of one
};

struct ac_value {
  int32_t kind;
  int32_t length;  // of a list or a string
  int64_t bits;    // an integer, the bits of a double, a handle, or a pointer to the elements
};

namespace {

c10::IValue to_ivalue(const ac_value& value, const c10::FunctionSchema& schema, size_t position) {
  switch (value.kind) {
    case kDefault: {
      const auto& argument = schema.arguments()[position];
      TORCH_CHECK(argument.default_value().has_value(), schema.name(), ": argument '", argument.name(),
                  "' has no default and was not given");
      return *argument.default_value();
    }
    case kNone: return {};
    case kInt: return value.bits;
    case kDouble: {
      double number;
      std::memcpy(&number, &value.bits, sizeof number);
      return number;
    }
    case kBool: return value.bits != 0;
    case kTensor: return borrow(value.bits);
    case kIntList: {
      auto* items = reinterpret_cast<const int64_t*>(value.bits);
      return c10::List<int64_t>(at::IntArrayRef(items, value.length));
    }
    case kDoubleList: {
      auto* items = reinterpret_cast<const double*>(value.bits);
      return c10::List<double>(at::ArrayRef<double>(items, value.length));
    }
    case kBoolList: {
      auto* items = reinterpret_cast<const int64_t*>(value.bits);
      c10::List<bool> list;
      for (int32_t i = 0; i < value.length; i++) list.push_back(items[i] != 0);
      return list;
    }
    case kTensorList: {
      auto* items = reinterpret_cast<const int64_t*>(value.bits);
      c10::List<at::Tensor> list;
      list.reserve(value.length);
      for (int32_t i = 0; i < value.length; i++) list.push_back(borrow(items[i]));
      return list;
    }
    case kOptionalTensorList: {
      auto* items = reinterpret_cast<const int64_t*>(value.bits);
      c10::List<c10::optional<at::Tensor>> list;
      list.reserve(value.length);
      for (int32_t i = 0; i < value.length; i++) {
        list.push_back(items[i] == 0 ? c10::optional<at::Tensor>() : c10::optional<at::Tensor>(borrow(items[i])));
      }
      return list;
    }
    case kDevice: return to_device(value.bits);
    case kGenerator:
      return at::Generator(GeneratorPointer::reclaim_copy(reinterpret_cast<c10::GeneratorImpl*>(value.bits)));
    case kString: return std::string(reinterpret_cast<const char*>(value.bits), value.length);
    default: TORCH_CHECK(false, "the bridge does not know argument kind ", value.kind);
  }
}

// Whether autograd would record a call with these arguments. Where it would not, its layer of the dispatcher can be
// passed over, which saves a good part of a small operator's cost.
bool records(const ac_value* arguments, int32_t count) {
  if (!c10::GradMode::is_enabled()) return false;
  const auto wants = [](int64_t handle) { return handle != 0 && reinterpret_cast<c10::TensorImpl*>(handle)->requires_grad(); };
  for (int32_t i = 0; i < count; i++) {
    if (arguments[i].kind == kTensor && wants(arguments[i].bits)) return true;
    if (arguments[i].kind == kTensorList || arguments[i].kind == kOptionalTensorList) {
      auto* items = reinterpret_cast<const int64_t*>(arguments[i].bits);
      if (std::any_of(items, items + arguments[i].length, wants)) return true;
    }
  }
  return false;
}

// An empty stack whose memory the thread keeps from call to call.
struct StackLease {
  StackLease() {
    auto& kept = spare();
    stack.swap(kept);
  }
  ~StackLease() {
    stack.clear();
    spare().swap(stack);
  }
  static torch::jit::Stack& spare() {
    static thread_local torch::jit::Stack kept;
    return kept;
  }
  torch::jit::Stack stack;
};

ac_value to_value(c10::IValue result) {
  if (result.isTensor()) return {kTensor, 0, give(std::move(result).toTensor())};
  if (result.isInt()) return {kInt, 0, result.toInt()};
  if (result.isBool()) return {kBool, 0, result.toBool() ? 1 : 0};
  if (result.isNone()) return {kNone, 0, 0};
  if (result.isDouble()) {
    ac_value value{kDouble, 0, 0};
    double number = result.toDouble();
    std::memcpy(&value.bits, &number, sizeof number);
    return value;
  }
  if (result.isScalar()) return to_value(result.toScalar().isFloatingPoint() ? c10::IValue(result.toScalar().toDouble())
                                                                             : c10::IValue(result.toScalar().toLong()));
  if (result.isTensorList()) {
    auto tensors = result.toTensorVector();
    auto* handles = static_cast<int64_t*>(std::malloc(sizeof(int64_t) * (tensors.empty() ? 1 : tensors.size())));
    TORCH_CHECK(handles != nullptr, "out of memory for a list of ", tensors.size(), " tensors");
    for (size_t i = 0; i < tensors.size(); i++) handles[i] = give(std::move(tensors[i]));
    return {kTensorList, static_cast<int32_t>(tensors.size()), reinterpret_cast<int64_t>(handles)};
  }
  TORCH_CHECK(false, "the bridge cannot hand back a value of type ", result.tagKind());
}

}  // namespace

namespace {

// OpenBLAS keeps threads of its own beside libtorch's: without this a run of one thread would still use every core.
void set_blas_threads(int32_t count) {
  for (const char* library : {"libopenblas.so.0", "libblas.so.3"}) {
    void* blas = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
    if (blas == nullptr) continue;
    if (void* set = dlsym(blas, "openblas_set_num_threads")) reinterpret_cast<void (*)(int)>(set)(count);
    dlclose(blas);
    return;
  }
}

}  // namespace

// ---- operators ------------------------------------------------------------------------------------------------------

// Finds an operator; the handle lives as long as the process.
AC_EXPORT int32_t ac_operator_find(const char* name, const char* overload, int64_t* op, char** error) noexcept {
  return guarded(error, [&] {
    auto found = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
    const auto& arguments = found.schema().arguments();
    const bool pure = std::all_of(arguments.begin(), arguments.end(), [](const c10::Argument& a) { return a.alias_info() == nullptr; });
    *op = reinterpret_cast<int64_t>(new ac_operator{found, arguments.size(), pure});
  });
}

// The operator's schema as text, freed by ac_memory_free.
AC_EXPORT int32_t ac_operator_schema(int64_t op, char** text, char** error) noexcept {
  return guarded(error, [&] {
    *text = copy_text(toString(reinterpret_cast<ac_operator*>(op)->handle.schema()));
  });
}

// Calls an operator. Trailing arguments that are not given take the schema's defaults. `result_count` holds the room in
// `results` on entry and the number of results on return.
AC_EXPORT int32_t ac_operator_call(int64_t op, const ac_value* arguments, int32_t argument_count, ac_value* results,
                                   int32_t* result_count, char** error) noexcept {
  return guarded(error, [&] {
    const auto& known = *reinterpret_cast<ac_operator*>(op);
    const auto& schema = known.handle.schema();
    const size_t wanted = known.argument_count;
    TORCH_CHECK(static_cast<size_t>(argument_count) <= wanted, schema.name(), " takes at most ", wanted,
                " arguments but was given ", argument_count);
    StackLease lease;
    torch::jit::Stack& stack = lease.stack;
    for (size_t i = 0; i < wanted; i++) {
      static const ac_value absent{kDefault, 0, 0};
      stack.push_back(to_ivalue(i < static_cast<size_t>(argument_count) ? arguments[i] : absent, schema, i));
    }
    if (known.pure && !records(arguments, argument_count)) {
      c10::impl::ExcludeDispatchKeyGuard without_autograd(c10::autograd_dispatch_keyset);
      known.handle.callBoxed(stack);
    } else {
      known.handle.callBoxed(stack);
    }
    TORCH_CHECK(stack.size() <= static_cast<size_t>(*result_count), schema.name(), " returned ", stack.size(),
                " values, more than there is room for");
    *result_count = static_cast<int32_t>(stack.size());
    for (size_t i = 0; i < stack.size(); i++) results[i] = to_value(std::move(stack[i]));
  });
}

// ---- tensors --------------------------------------------------------------------------------------------------------

AC_EXPORT void ac_tensor_free(int64_t handle) noexcept {
  if (handle == 0) return;
  live_handles.fetch_sub(1, std::memory_order_relaxed);
  TensorPointer::reclaim(reinterpret_cast<c10::TensorImpl*>(handle));
}

AC_EXPORT int64_t ac_tensor_live_handles() noexcept { return live_handles.load(std::memory_order_relaxed); }

// Facts of a tensor: scalar type, device type, device index, requires_grad, is_leaf, is_contiguous, data address,
// number of dimensions; then up to `room` sizes. The address is 0 where the tensor has no storage.
AC_EXPORT int32_t ac_tensor_facts(int64_t handle, int64_t* facts, int64_t* sizes, int32_t room, char** error) noexcept {
  return guarded(error, [&] {
    const auto tensor = borrow(handle);
    facts[0] = static_cast<int64_t>(tensor.scalar_type());
    facts[1] = static_cast<int64_t>(tensor.device().type());
    facts[2] = tensor.device().index();
    facts[3] = tensor.requires_grad();
    facts[4] = tensor.is_leaf();
    facts[5] = tensor.is_contiguous();
    facts[6] = tensor.has_storage() ? reinterpret_cast<int64_t>(tensor.data_ptr()) : 0;
    facts[7] = tensor.dim();
    TORCH_CHECK(tensor.dim() <= room, "a tensor of ", tensor.dim(), " dimensions; at most ", room, " are supported");
    for (int64_t i = 0; i < tensor.dim(); i++) sizes[i] = tensor.size(i);
  });
}

// ---- autograd -------------------------------------------------------------------------------------------------------

AC_EXPORT int32_t ac_tensor_grad(int64_t handle, int64_t* grad, char** error) noexcept {
  return guarded(error, [&] { *grad = give(borrow(handle).grad()); });
}

// Replaces the gradient; a `grad` of 0 clears it.
AC_EXPORT int32_t ac_tensor_set_grad(int64_t handle, int64_t grad, char** error) noexcept {
  return guarded(error, [&] { borrow(handle).mutable_grad() = borrow(grad); });
}

// A tensor with the same values through which the gradient flows back multiplied by `factor`.
AC_EXPORT int32_t ac_tensor_scale_gradient(int64_t handle, double factor, int64_t* scaled, char** error) noexcept {
  return guarded(error, [&] {
    const auto tensor = borrow(handle);
    auto alias = tensor.view(tensor.sizes());
    if (alias.requires_grad()) alias.register_hook([factor](const at::Tensor& g) { return g * factor; });
    *scaled = give(alias);
  });
}

// d(outputs)/d(inputs), without touching any .grad. An input that the outputs do not depend on gets 0.
AC_EXPORT int32_t ac_gradients(const int64_t* outputs, const int64_t* output_gradients, int32_t output_count,
                               const int64_t* inputs, int32_t input_count, int32_t create_graph, int64_t* gradients,
                               char** error) noexcept {
  return guarded(error, [&] {
    auto results = torch::autograd::grad(borrow_all(outputs, output_count), borrow_all(inputs, input_count),
                                         borrow_all(output_gradients, output_count), c10::optional<bool>(), create_graph != 0,
                                         /*allow_unused=*/true);
    for (int32_t i = 0; i < input_count; i++) gradients[i] = give(results[i]);
  });
}

// Sets grad mode on this thread and returns what it was.
AC_EXPORT int32_t ac_grad_mode(int32_t enabled) noexcept {
  const bool before = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(enabled != 0);
  return before;
}

// ---- mixed precision -------------------------------------------------------------------------------------------------

// Turns autocast on this thread on (`type` is a scalar type) or off (-1) for a device type, and returns what it was in
// the same form. Copies of parameters that autocast made are dropped when it is turned off.
AC_EXPORT int32_t ac_autocast(int32_t device_type, int32_t type) noexcept {
  const auto device = static_cast<c10::DeviceType>(device_type);
  const bool wanted = type >= 0;
  const auto scalar = static_cast<at::ScalarType>(type);
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
  const int32_t before = at::autocast::is_autocast_enabled(device) ? static_cast<int32_t>(at::autocast::get_autocast_dtype(device)) : -1;
  at::autocast::set_autocast_enabled(device, wanted);
  if (wanted) at::autocast::set_autocast_dtype(device, scalar);
#else
  int32_t before = -1;
  if (device == c10::DeviceType::CUDA) {
    if (at::autocast::is_enabled()) before = static_cast<int32_t>(at::autocast::get_autocast_gpu_dtype());
    at::autocast::set_enabled(wanted);
    if (wanted) at::autocast::set_autocast_gpu_dtype(scalar);
  } else {
    if (at::autocast::is_cpu_enabled()) before = static_cast<int32_t>(at::autocast::get_autocast_cpu_dtype());
    at::autocast::set_cpu_enabled(wanted);
    if (wanted) at::autocast::set_autocast_cpu_dtype(scalar);
  }
#endif
  if (!wanted) at::autocast::clear_cache();
  return before;
}

// ---- randomness -----------------------------------------------------------------------------------------------------

// A generator of its own for a device, seeded.
AC_EXPORT int32_t ac_generator_new(int64_t device, int64_t seed, int64_t* generator, char** error) noexcept {
  return guarded(error, [&] {
    // A generator that libtorch's clone() makes has no weak count, so that letting it go never frees it: the processor's
    // are made anew instead, for a step takes several.
    const auto where = to_device(device);
    auto own = where.is_cpu() ? at::make_generator<at::CPUGeneratorImpl>(static_cast<uint64_t>(seed))
                              : at::globalContext().defaultGenerator(where).clone();
    own.set_current_seed(static_cast<uint64_t>(seed));
    *generator = reinterpret_cast<int64_t>(own.unsafeReleaseGeneratorImpl());
  });
}

AC_EXPORT void ac_generator_free(int64_t generator) noexcept {
  if (generator != 0) GeneratorPointer::reclaim(reinterpret_cast<c10::GeneratorImpl*>(generator));
}

// ---- the engine -----------------------------------------------------------------------------------------------------

// Once, before the first tensor.
AC_EXPORT int32_t ac_engine_start(char** error) noexcept {
  return guarded(error, [] { install_caching_allocator(); });
}

AC_EXPORT int32_t ac_threads_set(int32_t count, char** error) noexcept {
  return guarded(error, [&] {
    at::set_num_threads(count);
    set_blas_threads(count);
  });
}

AC_EXPORT int32_t ac_threads() noexcept { return at::get_num_threads(); }

// How many devices of a type there are; 0 where the build has no support for it.
AC_EXPORT int32_t ac_device_count(int32_t type) noexcept {
  try {
    return c10::impl::VirtualGuardImpl(static_cast<c10::DeviceType>(type)).deviceCount();
  } catch (...) {
    return 0;
  }
}

// libtorch's version and, on the lines after it, how it was built. Freed by ac_memory_free.
AC_EXPORT int32_t ac_engine_version(char** text, char** error) noexcept {
  return guarded(error, [&] { *text = copy_text(std::string(TORCH_VERSION) + "\n" + at::show_config()); });
}

AC_EXPORT void ac_memory_free(void* memory) noexcept { std::free(memory); }
