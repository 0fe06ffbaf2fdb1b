// Forward hooks: callbacks before and after a module's forward, removable one by one.
namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Holds the forward hooks of a module; the typed modules below define what a hook looks like.</summary>
        public class HookableModule<TPreHook, TPostHook> : Module
        {
            protected Dictionary<string, TPreHook> pre_hooks = new();
            protected Dictionary<string, TPostHook> post_hooks = new();
            protected Dictionary<string, Action<Module>> module_pre_hooks = new();
            protected Dictionary<string, Action<Module>> module_post_hooks = new();

            protected HookableModule(string name) : base(name) { }

            // Asked at each call, so that a module without hooks pays four loads and no enumeration.
            private protected bool HasHooks
                => (pre_hooks.Count | post_hooks.Count | module_pre_hooks.Count | module_post_hooks.Count) != 0;

            public HookRemover register_forward_hook(TPostHook hook) => Add(post_hooks, hook);

            public HookRemover register_forward_pre_hook(TPreHook hook) => Add(pre_hooks, hook);

            public HookRemover register_forward_hook(Action<Module> hook) => Add(module_post_hooks, hook);

            public HookRemover register_forward_pre_hook(Action<Module> hook) => Add(module_pre_hooks, hook);

            private HookRemover Add<THook>(Dictionary<string, THook> hooks, THook hook)
            {
                var key = Guid.NewGuid().ToString();
                hooks.Add(key, hook);
                return new HookRemover(this, key);
            }

            private protected void RunPreHooks()
            {
                foreach (var hook in module_pre_hooks.Values) hook(this);
            }

            private protected void RunPostHooks()
            {
                foreach (var hook in module_post_hooks.Values) hook(this);
            }

            private void remove(string key)
            {
                pre_hooks.Remove(key);
                post_hooks.Remove(key);
                module_pre_hooks.Remove(key);
                module_post_hooks.Remove(key);
            }

            public class HookRemover
            {
                private readonly HookableModule<TPreHook, TPostHook> module;
                private readonly string key;

                public HookRemover(HookableModule<TPreHook, TPostHook> module, string key)
                {
                    this.module = module;
                    this.key = key;
                }

                public void remove() => module.remove(key);
            }
        }
    }
}
