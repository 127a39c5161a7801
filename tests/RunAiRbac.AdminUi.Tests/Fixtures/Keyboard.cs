namespace RunAiRbac.AdminUi.Tests.Fixtures;

/// <summary>A person without a mouse: reaches controls by Tab, the items of a menu by arrows.</summary>
public sealed class Keyboard(IPage page)
{
    private const int MostTabs = 120;

    /// <summary>Until the control has the focus; fails when it is never reached.</summary>
    public async Task ReachAsync(ILocator control, string by = "Tab")
    {
        // Not visible: the radio buttons of a segmented control are drawn by their labels.
        await control.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        for (var i = 0; i < MostTabs; i++)
        {
            if (await control.EvaluateAsync<bool>("e => e === document.activeElement")) return;
            await page.Keyboard.PressAsync(by);
        }

        Assert.Fail($"The keyboard does not reach {control}.");
    }

    public async Task PressAsync(ILocator control, string key = "Enter")
    {
        await ReachAsync(control);
        await page.Keyboard.PressAsync(key);
    }

    /// <summary>Types into a field, or where the focus is.</summary>
    public async Task TypeAsync(string text, ILocator? field = null)
    {
        if (field is not null) await ReachAsync(field);
        await page.Keyboard.TypeAsync(text);
    }

    /// <summary>Types into a field that offers what was meant, and takes the first offer.</summary>
    public async Task ChooseAsync(ILocator field, string text)
    {
        await TypeAsync(text, field);
        await Assertions.Expect(page.GetByRole(AriaRole.Option, new() { Name = text }).First).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
    }
}
