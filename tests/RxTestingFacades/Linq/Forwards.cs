using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Runtime.CompilerServices;

[assembly: TypeForwardedTo(typeof(VirtualTimeScheduler<,>))]
[assembly: TypeForwardedTo(typeof(VirtualTimeSchedulerBase<,>))]
[assembly: TypeForwardedTo(typeof(Observable))]
