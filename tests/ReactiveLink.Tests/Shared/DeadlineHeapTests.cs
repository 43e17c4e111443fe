using ReactiveLink.Shared;

namespace ReactiveLink.Tests.Shared;

public sealed class DeadlineHeapTests
{
    [Fact]
    public void The_earliest_is_first_whatever_is_set_moved_and_removed()
    {
        var random = new Random(2);
        var heap = new DeadlineHeap<Node>();
        var nodes = Enumerable.Range(0, 100).Select(_ => new Node()).ToArray();
        var model = new Dictionary<Node, long>();
        for (var i = 0; i < 20_000; i++)
        {
            var node = nodes[random.Next(nodes.Length)];
            if (random.Next(3) == 0)
            {
                heap.Remove(node);
                model.Remove(node);
                Assert.Equal(-1, node.HeapIndex);
            }
            else
            {
                var deadline = random.Next(1000);
                heap.Set(node, deadline);
                model[node] = deadline;
            }

            if (model.Count == 0)
            {
                Assert.Null(heap.Earliest);
            }
            else
            {
                Assert.Equal(model.Values.Min(), heap.Earliest!.Deadline);
            }
        }
    }

    private sealed class Node : DeadlineNode;
}
